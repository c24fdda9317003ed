// softmax, log_softmax and their gradient ops.
#include "tests/ops/case.h"

namespace tessera {
namespace {

struct Along {
  Shape shape;
  int64_t dim;
};
const std::vector<Along> kAlong{{{1}, 0},       {{7}, -1},        {{4, 6}, 0},   {{4, 6}, 1},
                                {{2, 8, 4}, 1}, {{2, 1, 19}, -1}, {{6, 1, 2}, 1}};

std::vector<Case> each(size_t operands) {
  std::vector<Case> cases;
  const auto add = [&](const Along& along, bool large) {
    cases.push_back({.in = std::vector<Operand>(operands, real(along.shape)),
                     .attrs = {{"dim", along.dim}},
                     .differentiable = operands == 1,
                     .large = large});
  };
  for (const Along& along : kAlong) add(along, false);
  add({{67, 2050}, 1}, true);
  return cases;
}

const Register kSoftmax({"softmax", "log_softmax"}, each(1),
                        {{.in = {{DType::f32, {3}}}, .attrs = {{"dim", 1}}, .words = "no dim 1"}});
const Register kGrads(
    {"softmax_grad", "log_softmax_grad"}, each(2),
    {{.in = {{DType::f32, {3}}, {DType::f32, {4}}}, .attrs = {{"dim", 0}}, .words = "cotangent"}});

}  // namespace
}  // namespace tessera
