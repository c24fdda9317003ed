#include "tests/ops/case.h"

namespace tessera {
namespace {

/// Operands as they multiply untransposed; leading dims broadcast.
const std::vector<std::pair<Shape, Shape>> kProducts{
    {{1, 1}, {1, 1}},          {{4, 6}, {6, 8}},
    {{1, 17}, {17, 1}},        {{17, 1}, {1, 3}},
    {{2, 3, 4}, {2, 4, 6}},    {{2, 3, 5}, {5, 7}},
    {{2, 1, 4, 6}, {3, 6, 2}}, {{2, 2, 3, 4}, {2, 1, 4, 2}}};

Shape flipped(Shape shape) {
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  return shape;
}

std::vector<Case> products() {
  std::vector<Case> cases;
  for (const auto& [a, b] : kProducts)
    for (bool trans_a : {false, true})
      for (bool trans_b : {false, true})
        cases.push_back({.in = {real(trans_a ? flipped(a) : a), real(trans_b ? flipped(b) : b)},
                         .attrs = {{"trans_a", trans_a}, {"trans_b", trans_b}}});
  cases.push_back({.in = {real({131, 67}), real({67, 97})}, .tolerance = 2, .large = true});
  // A result of another type is rounded, so it has no exact parts.
  cases.push_back({.in = {real({5, 9}), real({9, 7})}, .attrs = {{"to", "f32"}}, .large = true});
  cases.push_back({.in = {real({5, 8}), real({8, 7}), real({5, 7})},
                   .attrs = {{"accumulate", true}},
                   .differentiable = false,
                   .large = true});
  return cases;
}

const TensorType kA{DType::f32, {3, 4}}, kB{DType::f32, {4, 5}};

const Register kMatmul(
    {"matmul"}, products(),
    {{.in = {kA, kA}, .words = "contracted dims differ: 4"},
     {.in = {kA, {DType::bf16, {4, 5}}}, .words = "one float dtype"},
     {.in = {kA, {DType::f32, {4}}}, .words = "two dims at least"},
     {.in = {{DType::f32, {2, 3, 4}}, {DType::f32, {3, 4, 5}}}, .words = "[2]"},
     {.in = {kA, kB, kA}, .attrs = {{"accumulate", true}}, .words = "not of the result's type"}});

}  // namespace
}  // namespace tessera
