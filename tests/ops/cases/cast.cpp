#include "tests/ops/case.h"

namespace tessera {
namespace {

const std::vector<Operand> kReal{real({}), real({1}), real({4, 17}), real({2, 20001})};

std::vector<Case> casts() {
  std::vector<Case> cases;
  for (const char* to : {"f32", "f64"})
    for (const Operand& operand : kReal)
      cases.push_back({.in = {operand},
                       .attrs = {{"to", to}},
                       .smooth = to == std::string("f64"),
                       .large = numel(operand.shape) > 999,
                       .cpu = to != std::string("f64")});
  // A rounding is no smooth function, so bf16 has no finite differences.
  for (const char* to : {"bf16", "i32", "i64", "bool"})
    for (const Operand& operand : kReal)
      cases.push_back({.in = {operand},
                       .attrs = {{"to", to}},
                       .differentiable = false,
                       .large = numel(operand.shape) > 999});
  for (const char* to : {"f32", "bf16", "f64", "i32", "i64", "bool"}) {
    cases.push_back(
        {.in = {integers({4, 7}, -3, 4)}, .attrs = {{"to", to}}, .differentiable = false});
    cases.push_back({.in = {booleans({2, 19})}, .attrs = {{"to", to}}, .differentiable = false});
  }
  return cases;
}

const Register kCast({"cast"}, casts(),
                     {{.in = {{DType::f32, {3}}}, .attrs = {{"to", "f8"}}, .words = "f8"}});

}  // namespace
}  // namespace tessera
