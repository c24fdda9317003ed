// The checked form of the kernels over the smaller cases of every op: what the judge reports, with
// the threads in two orders.
#include <gtest/gtest.h>

#include "tests/cuda/emulator/machine.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

class CudaChecked : public OpTest {
 protected:
  ~CudaChecked() override { emulator::set_order(emulator::Order::forward); }
};

TEST_P(CudaChecked, NothingIsReported) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (!c.cpu || c.large) continue;
    const DType real = which % 2 == 0 || !c.bf16 ? DType::f32 : DType::bf16;
    SCOPED_TRACE(describe(op, which, real));
    const Drawn drawn = draw(op, which, real);
    const Graph graph = forward_graph(op_of(op.op), drawn.types, c.attrs);
    for (const auto order : {emulator::Order::forward, emulator::Order::reverse}) {
      emulator::set_order(order);
      evaluate_emulated(graph, drawn.inputs, order == emulator::Order::reverse);
    }
    for (const std::string& report : emulator::take_reports()) ADD_FAILURE() << report;
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, CudaChecked, testing::ValuesIn(cases_of_emulated_kernels()),
                         [](const auto& info) { return info.param.op; });

}  // namespace
}  // namespace tessera
