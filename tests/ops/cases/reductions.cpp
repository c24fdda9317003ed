// sum, mean, max, min; cumsum and argmax along one dim; top_k.
#include "tests/ops/case.h"

namespace tessera {
namespace {

struct Reduced {
  Shape shape;
  std::vector<int64_t> dims;
  bool large = false;
};
const std::vector<Reduced> kReduced{
    {{}, {}},
    {{1}, {0}},
    {{17}, {}},
    {{4, 6}, {0}},
    {{4, 6}, {-1}},
    {{4, 6}, {}},
    {{2, 4, 6}, {1}},
    {{2, 4, 6}, {0, 2}},
    {{2, 3, 2, 4}, {1, 3}},
    {{4, 1, 7}, {1}},
    {{3, 131}, {1}},
    {{131, 3}, {0}},
    {{30011}, {}, true},             // one row in many chunks
    {{3, 9001}, {1}, true},          // rows of many chunks
    {{301, 67}, {0}, true},          // a bias gradient
    {{2, 70, 1100}, {1}, true},      // more columns than one block
    {{5, 3, 11, 17}, {0, 2}, true},  // no pattern of its own
};

std::vector<Case> reductions(Operand (*operand)(Shape), bool differentiable) {
  std::vector<Case> cases;
  for (const Reduced& r : kReduced)
    for (bool keep : {false, true}) {
      if (r.large && keep) continue;
      cases.push_back({.in = {operand(r.shape)},
                       .attrs = {{"dims", r.dims}, {"keep", keep}},
                       .tolerance = r.large ? 4.0 : 1.0,
                       .differentiable = differentiable,
                       .large = r.large});
    }
  return cases;
}

Operand integer(Shape shape) { return integers(std::move(shape), -50, 50); }
/// Distinct values, as finite differences need away from ties.
Operand spread(Shape shape) { return uniform(std::move(shape), -100, 100); }

const std::vector<Refusal> kDims{
    {.in = {{DType::f32, {3, 4}}}, .attrs = {{"dims", Shape{2}}}, .words = "no dim 2"},
    {.in = {{DType::f32, {3, 4}}}, .attrs = {{"dims", Shape{0, -2}}}, .words = "twice"}};

const Register kSum({"sum"}, reductions(real, true), kDims);
const Register kMean({"mean"}, reductions(real, true), kDims);
const Register kExtremes({"max", "min"}, reductions(spread, true), kDims);
const Register kIntegers({"sum", "max", "min"}, reductions(integer, false));

const std::vector<std::pair<Shape, int64_t>> kAlong{
    {{1}, 0}, {{7}, 0}, {{4, 6}, 1}, {{4, 6}, 0}, {{2, 3, 4}, -2}, {{4, 1}, 1}, {{2, 131}, 1}};

std::vector<Case> along(Operand (*operand)(Shape), bool differentiable) {
  std::vector<Case> cases;
  for (const auto& [shape, dim] : kAlong)
    cases.push_back(
        {.in = {operand(shape)}, .attrs = {{"dim", dim}}, .differentiable = differentiable});
  cases.push_back({.in = {operand({301, 64})},
                   .attrs = {{"dim", 0}},
                   .tolerance = 4,
                   .differentiable = differentiable,
                   .large = true});
  return cases;
}

std::vector<Case> reversed(std::vector<Case> cases) {
  for (Case& c : cases) c.attrs.set("reverse", true);
  return cases;
}

const std::vector<Refusal> kDim{
    {.in = {{DType::f32, {3, 4}}}, .attrs = {{"dim", 2}}, .words = "no dim 2"}};
const Register kCumsum({"cumsum"}, along(real, true), kDim);
const Register kCumsumBack({"cumsum"}, reversed(along(real, true)));
const Register kCumsumInteger({"cumsum"}, along(integer, false));
const Register kArgmax({"argmax"}, along(real, false), kDim);
const Register kArgmaxTies({"argmax"}, along(integer, false));

const Register kTopK({"top_k"},
                     {{.in = {spread({1})}, .attrs = {{"k", 1}}},
                      {.in = {spread({7})}, .attrs = {{"k", 3}}},
                      {.in = {spread({4, 5})}, .attrs = {{"k", 5}}},
                      {.in = {spread({2, 3, 17})}, .attrs = {{"k", 4}}},
                      {.in = {spread({67, 301})}, .attrs = {{"k", 9}}, .large = true}},
                     {{.in = {{DType::f32, {3}}}, .attrs = {{"k", 4}}, .words = "no 4 elements"},
                      {.in = {{DType::f32, {3}}}, .attrs = {{"k", 0}}, .words = "no 0 elements"}});

}  // namespace
}  // namespace tessera
