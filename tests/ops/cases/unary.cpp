// Elementwise functions of one operand.
#include "tests/ops/case.h"

namespace tessera {
namespace {

std::vector<Case> over(double low, double high) {
  return {{.in = {uniform({}, low, high)}},
          {.in = {uniform({1}, low, high)}},
          {.in = {uniform({17}, low, high)}},
          {.in = {uniform({4, 6}, low, high)}},
          {.in = {uniform({2, 1, 131}, low, high)}},
          {.in = {uniform({2, 17011}, low, high)}, .large = true}};
}

const std::vector<Refusal> kNoInteger{
    {.in = {{DType::i32, {3}}}, .words = "float operand, not i32"}};

const Register kAnywhere({"neg", "square", "sin", "cos", "erf"}, over(-3, 3), kNoInteger);
const Register kExp({"exp"}, over(-20, 5), kNoInteger);
const Register kPositive({"log", "sqrt", "rsqrt"}, over(0.1, 4), kNoInteger);
const Register kOffZero({"abs"},
                        {{.in = {off_zero({1})}},
                         {.in = {off_zero({19})}},
                         {.in = {off_zero({2, 8})}},
                         {.in = {off_zero({40009})}, .large = true}},
                        kNoInteger);
const Register kStop({"stop_gradient"},
                     {{.in = {real({5})}, .differentiable = false},
                      {.in = {real({2, 34})}, .differentiable = false},
                      {.in = {integers({4, 3}, 0, 9)}, .differentiable = false}});

}  // namespace
}  // namespace tessera
