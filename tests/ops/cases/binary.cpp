// Elementwise functions of two operands, with broadcasting; comparisons; where.
#include "tests/ops/case.h"

namespace tessera {
namespace {

using Pair = std::pair<Shape, Shape>;
const std::vector<Pair> kPairs{{{}, {}},
                               {{1}, {7}},
                               {{4, 6}, {4, 6}},
                               {{4, 6}, {}},
                               {{2, 3, 8}, {8}},
                               {{2, 3, 5}, {3, 1}},
                               {{4, 1}, {1, 6}},
                               {{2, 1, 5}, {3, 1}},
                               {{2, 4, 2}, {4, 1}},
                               {{1, 37}, {2, 37}},
                               {{3, 2, 1, 4}, {2, 5, 1}}};

std::vector<Case> pairs(Operand (*left)(Shape), Operand (*right)(Shape),
                        bool differentiable = true) {
  std::vector<Case> cases;
  for (const auto& [a, b] : kPairs)
    cases.push_back({.in = {left(a), right(b)}, .differentiable = differentiable});
  cases.push_back(
      {.in = {left({33029}), right({33029})}, .differentiable = differentiable, .large = true});
  cases.push_back(
      {.in = {left({131, 257}), right({257})}, .differentiable = differentiable, .large = true});
  return cases;
}

Operand integer(Shape shape) { return integers(std::move(shape), -4, 5); }
Operand near_one(Shape shape) { return uniform(std::move(shape), 0.5, 1.5); }

const std::vector<Refusal> kUnlike{
    {.in = {{DType::f32, {3}}, {DType::bf16, {3}}}, .words = "cast one of f32 and bf16"},
    {.in = {{DType::f32, {3, 4}}, {DType::f32, {3}}}, .words = "[3,4]"}};
const std::vector<Refusal> kNumbers{
    {.in = {{DType::boolean, {3}}, {DType::boolean, {3}}}, .words = "not booleans"}};
const std::vector<Refusal> kFloats{
    {.in = {{DType::i32, {3}}, {DType::i32, {3}}}, .words = "float operands, not i32"}};

const std::vector<std::string> kOfIntegersToo{"add", "sub", "mul", "maximum", "minimum"};
const Register kAlgebra(kOfIntegersToo, pairs(real, real), kUnlike);
const Register kInteger(kOfIntegersToo, pairs(integer, integer, false), kNumbers);
const Register kDiv({"div"}, pairs(real, off_zero), kUnlike);
const Register kPow({"pow"}, pairs(near_one, real), kUnlike);
const Register kOfFloats({"div", "pow"}, {}, kFloats);

const std::vector<std::string> kComparisons{"equal", "less", "less_equal"};
const Register kCompareReal(kComparisons, pairs(real, real, false), kUnlike);
const Register kCompareInteger(kComparisons, pairs(integer, integer, false));
const Register kCompareBoolean({"equal"}, pairs(booleans, booleans, false));

const Register kWhere({"where"},
                      {{.in = {booleans({}), real({}), real({})}},
                       {.in = {booleans({4, 6}), real({4, 6}), real({4, 6})}},
                       {.in = {booleans({4, 1}), real({1, 6}), real({})}},
                       {.in = {booleans({5}), real({2, 3, 1}), real({3, 5})}},
                       {.in = {booleans({2, 8}), integer({8}), integer({2, 1})},
                        .differentiable = false},
                       {.in = {booleans({301, 67}), real({301, 67}), real({67})}, .large = true}},
                      {{.in = {{DType::f32, {3}}, {DType::f32, {3}}, {DType::f32, {3}}},
                        .words = "must be boolean, not f32"},
                       {.in = {{DType::boolean, {3}}, {DType::f32, {3}}, {DType::i32, {3}}},
                        .words = "cast one of f32 and i32"}});

}  // namespace
}  // namespace tessera
