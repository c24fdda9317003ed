#include "tests/cuda/run_graph/as_reference.h"

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

}  // namespace

void expect_emulated_as_reference(const OpCases& op, size_t which, DType real) {
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
  const Tensors again = evaluate_emulated(graph, drawn.inputs, true);
  emulator::set_order(emulator::Order::forward);
  expect_same_bits(again, got, "in place, in another order of threads");
  for (const std::string& report : emulator::take_reports()) ADD_FAILURE() << report;
}

}  // namespace tessera
