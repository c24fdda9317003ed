// Every case of every op that has a CUDA kernel, on the emulator, against the reference backend:
// values and gradients in f32 and bf16; the same bits in another order of threads, and with results
// in place of operands.
#include <gtest/gtest.h>

#include "tests/cuda/emulator/machine.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

// As between the CPU's kernels and the reference (tests/ops/backends_test.cpp).
constexpr Tolerance kF32{2e-5, 4e-6}, kBf16{1.0 / 64, 1.0 / 128};

class CudaCases : public OpTest {
 protected:
  ~CudaCases() override { emulator::set_order(emulator::Order::forward); }

  void run_case(size_t which, DType real) {
    const OpCases& op = GetParam();
    const Case& c = op.cases[which];
    SCOPED_TRACE(describe(op, which, real));
    Drawn drawn = draw(op, which, real);
    const auto wrt = wrt_of(c, drawn.types);
    const Graph graph = c.differentiable && !wrt.empty()
                            ? gradient_graph(op_of(op.op), drawn.types, c.attrs, wrt, c.loss_of)
                            : forward_graph(op_of(op.op), drawn.types, c.attrs);
    draw_cotangents(graph, op.op, drawn.inputs);
    const Tensors want = evaluate(graph, drawn.inputs, reference_profile());
    const Tensors got = evaluate_emulated(graph, drawn.inputs);
    const Tolerance tolerance = (real == DType::f32 ? kF32 : kBf16) * c.tolerance;
    expect_close(got, want, tolerance, "out");
    expect_close(got, want, tolerance, "din");
    emulator::set_order(emulator::Order::random);
    expect_same_bits(evaluate_emulated(graph, drawn.inputs, true), got,
                     "in place, in another order of threads");
    emulator::set_order(emulator::Order::forward);
    for (const std::string& report : emulator::take_reports()) ADD_FAILURE() << report;
  }
};

TEST_P(CudaCases, GiveWhatTheReferenceGives) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which)
    for (DType real : {DType::f32, DType::bf16})
      if (op.cases[which].cpu && (real == DType::f32 || op.cases[which].bf16))
        run_case(which, real);
}

INSTANTIATE_TEST_SUITE_P(Ops, CudaCases, testing::ValuesIn(cases_of_emulated_kernels()),
                         [](const auto& info) { return info.param.op; });

}  // namespace
}  // namespace tessera
