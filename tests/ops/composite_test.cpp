// An op that has kernels or a gradient of its own, and a composite: both give the same values and
// gradients.
#include "framework/device/cpu/profile.h"
#include "framework/passes/expand.h"
#include "framework/runtime/kernels.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

constexpr Tolerance kF64{1e-9, 1e-10}, kF32{1e-4, 2e-5};

class Composite : public OpTest {};

void compare(const OpCases& op, DType real, const DeviceProfile& profile, Tolerance tolerance) {
  const OpDef& row = op_of(op.op);
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (profile.backend == "cpu" ? !c.cpu : c.large) continue;
    SCOPED_TRACE(describe(op, which, real));
    Drawn drawn = draw(op, which, real);
    const auto wrt = wrt_of(c, drawn.types);
    Graph own = forward_graph(row, drawn.types, c.attrs);
    Graph composite = expand(own, [&](const Node& other) { return other.op == &row; });
    if (c.differentiable && !wrt.empty()) {
      own = gradient_graph(row, drawn.types, c.attrs, wrt, c.loss_of);
      composite = gradient_graph(row, drawn.types, c.attrs, wrt, c.loss_of, true);
    }
    draw_cotangents(own, op.op, drawn.inputs);
    const Tensors want = evaluate(composite, drawn.inputs, profile);
    const Tensors got = evaluate(own, drawn.inputs, profile);
    expect_close(got, want, tolerance * c.tolerance, "out");
    expect_close(got, want, tolerance * c.tolerance, "din");
  }
}

TEST_P(Composite, GivesWhatTheOpGives) {
  if (op_of(GetParam().op).composite == nullptr) return;  // a simple op
  compare(GetParam(), DType::f64, reference_profile(), kF64);
  compare(GetParam(), DType::f32, cpu_profile(), kF32);
}

TESSERA_FOR_EACH_OP(Composite);

}  // namespace
}  // namespace tessera
