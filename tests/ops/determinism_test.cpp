// The same bits twice, and with any number of threads, on the cpu backend.
#include "framework/core/threads.h"
#include "framework/device/cpu/profile.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

class Determinism : public OpTest {
 protected:
  ~Determinism() override { set_thread_count(threads_); }
  int threads_ = thread_count();
};

TEST_P(Determinism, SameBitsTwiceAndWithAnyNumberOfThreads) {
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
      const auto run = [&](int threads) {
        set_thread_count(threads);
        DeviceProfile profile = cpu_profile();
        profile.threads = threads;
        return evaluate(graph, drawn.inputs, profile);
      };
      const Tensors once = run(1);
      expect_same_bits(run(1), once, "a second time");
      expect_same_bits(run(2), once, "with two threads");
      expect_same_bits(run(3), once, "with three threads");
    }
  }
}

TESSERA_FOR_EACH_OP(Determinism);

}  // namespace
}  // namespace tessera
