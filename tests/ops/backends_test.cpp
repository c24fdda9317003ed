// Every case on the cpu backend, with each instruction set that this machine has, against the
// reference backend: values and gradients, f32 and bf16.
#include "framework/device/cpu/profile.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

// f32: a few roundings of sums of some hundred terms. bf16: results of single steps may round the
// other way, which is one unit in 2^8; a second such step doubles it.
constexpr Tolerance kF32{2e-5, 4e-6}, kBf16{1.0 / 64, 1.0 / 128};

class Backends : public OpTest {};

TEST_P(Backends, CpuGivesWhatTheReferenceGives) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (!c.cpu) continue;
    for (DType real : {DType::f32, DType::bf16}) {
      if (real == DType::bf16 && !c.bf16) continue;
      SCOPED_TRACE(describe(op, which, real));
      Drawn drawn = draw(op, which, real);
      const auto wrt = wrt_of(c, drawn.types);
      const Graph graph = c.differentiable && !wrt.empty()
                              ? gradient_graph(op_of(op.op), drawn.types, c.attrs, wrt, c.loss_of)
                              : forward_graph(op_of(op.op), drawn.types, c.attrs);
      draw_cotangents(graph, op.op, drawn.inputs);
      const Tensors want = evaluate(graph, drawn.inputs, reference_profile());
      const Tolerance tolerance = (real == DType::f32 ? kF32 : kBf16) * c.tolerance;
      const DeviceProfile machine = cpu_profile();
      for (Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx}) {
        if (isa > machine.isa) continue;
        SCOPED_TRACE(to_string(isa));
        const Tensors got = evaluate(graph, drawn.inputs, capped(machine, isa));
        expect_close(got, want, tolerance, "out");
        expect_close(got, want, tolerance, "din");
      }
    }
  }
}

TESSERA_FOR_EACH_OP(Backends);

}  // namespace
}  // namespace tessera
