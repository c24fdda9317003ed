#include "tests/ops/case.h"

namespace tessera {
namespace {

const Register kSoftplus({"softplus"},
                         {{.in = {real({})}},
                          {.in = {real({1})}},
                          {.in = {real({17})}},
                          {.in = {real({4, 6})}},
                          {.in = {uniform({2, 131}, -30, 30)}},
                          {.in = {real({3, 11003})}, .large = true}},
                         {{.in = {{DType::i32, {3}}}, .words = "float operand, not i32"},
                          {.in = {{DType::f32, {3}}, {DType::f32, {3}}}, .words = "one operand"}});

}  // namespace
}  // namespace tessera
