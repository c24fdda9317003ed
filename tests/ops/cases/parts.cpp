// Ops that only the partition pass makes: what they do on one rank, whose place is known.
#include "tests/ops/case.h"

namespace tessera {
namespace {

const Register kLocalPart(
    {"local_part"},
    {{.in = {real({4, 6})},
      .attrs = {{"dim", 0}, {"parts", 2}, {"whole", Shape{4}}, {"origin", Shape{2}}},
      .differentiable = false},
     {.in = {real({4, 6})},
      .attrs = {{"dim", -1}, {"parts", 3}, {"whole", Shape{6}}, {"origin", Shape{4}}},
      .differentiable = false},
     {.in = {real({3, 10000, 2})},
      .attrs = {{"dim", 1}, {"parts", 4}, {"whole", Shape{10000}}, {"origin", Shape{2500}}},
      .differentiable = false,
      .large = true}},
    {{.in = {{DType::f32, {5}}}, .attrs = {{"dim", 0}, {"parts", 2}}, .words = "does not divide"}});

const Register kFirstOnly(
    {"first_only"},
    {{.in = {real({7})}, .attrs = {{"origin", Shape{0}}}, .differentiable = false},
     {.in = {real({4, 6})}, .attrs = {{"origin", Shape{3}}}, .differentiable = false}},
    {{.in = {{DType::f32, {3}}, {DType::f32, {3}}}, .words = "one operand"}});

}  // namespace
}  // namespace tessera
