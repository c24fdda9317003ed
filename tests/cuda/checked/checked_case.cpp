#include "tests/cuda/checked/checked_case.h"

#include <gtest/gtest.h>

#include "tests/cuda/emulator/machine.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {

void expect_no_report(const OpCases& op, size_t which, DType real) {
  SCOPED_TRACE(describe(op, which, real));
  const Drawn drawn = draw(op, which, real);
  const Graph graph = forward_graph(op_of(op.op), drawn.types, op.cases[which].attrs);
  for (const auto order : {emulator::Order::reverse, emulator::Order::forward}) {
    emulator::set_order(order);
    evaluate_emulated(graph, drawn.inputs, order == emulator::Order::reverse);
  }
  for (const std::string& report : emulator::take_reports()) ADD_FAILURE() << report;
}

}  // namespace tessera
