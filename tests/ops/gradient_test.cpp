// Gradients in f64 on the reference backend against central differences.
#include "framework/core/random.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

constexpr int64_t kMostElements = 24;  // differences taken per operand
constexpr double kStep = 1e-5;

class Gradients : public OpTest {};

TEST_P(Gradients, AgreeWithFiniteDifferences) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (!c.differentiable || !c.smooth || c.large) continue;
    SCOPED_TRACE(describe(op, which, DType::f64));
    Drawn drawn = draw(op, which, DType::f64);
    const auto wrt = wrt_of(c, drawn.types);
    if (wrt.empty()) continue;
    const Graph graph = gradient_graph(op_of(op.op), drawn.types, c.attrs, wrt, c.loss_of);
    draw_cotangents(graph, op.op, drawn.inputs);
    const Tensors result = evaluate(graph, drawn.inputs, reference_profile());
    Graph loss_alone = forward_graph(op_of(op.op), drawn.types, c.attrs);
    const auto loss = [&](const Tensors& inputs) {
      const Tensors out = evaluate(loss_alone, inputs, reference_profile());
      double sum = 0;
      for (const auto& [name, tensor] : out) {
        if (!inputs.contains("d" + name)) continue;
        const auto y = tensor.values(), dy = inputs.at("d" + name).values();
        for (size_t i = 0; i < y.size(); ++i) sum += y[i] * dy[i];
      }
      return sum;
    };
    for (size_t operand : wrt) {
      const std::string name = fmt::format("in{}", operand);
      const auto gradient = result.at(fmt::format("din{}", operand)).values();
      double largest = 1;
      for (double g : gradient) largest = std::max(largest, std::abs(g));
      const auto n = static_cast<int64_t>(gradient.size());
      const Random random(3, name);
      for (int64_t k = 0; k < std::min(n, kMostElements); ++k) {
        const auto at =
            static_cast<size_t>(n <= kMostElements ? static_cast<uint64_t>(k)
                                                   : random.below(static_cast<uint64_t>(n), 0,
                                                                  static_cast<uint64_t>(k)));
        Tensors moved = drawn.inputs;
        double& x = moved.at(name).data<double>()[at];
        const double here = x;
        x = here + kStep;
        const double above = loss(moved);
        x = here - kStep;
        const double below = loss(moved);
        const double slope = (above - below) / (2 * kStep);
        if (std::abs(slope - gradient[at]) <= 1e-6 * c.tolerance * largest) continue;
        ADD_FAILURE() << "the gradient of " << op.op << " in operand " << operand << ", element "
                      << at << ", is " << gradient[at] << "; the slope of its results is " << slope;
        break;
      }
    }
  }
}

TESSERA_FOR_EACH_OP(Gradients);

}  // namespace
}  // namespace tessera
