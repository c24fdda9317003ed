// The schedule that a CUDA kernel computes is Schedule::rate.
#include <gtest/gtest.h>

#include "framework/core/schedule.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

TEST(CudaLearningRate, IsThatOfTheSchedule) {
  for (const char* type : {"cosine", "linear", "constant", "wsd"})
    for (int64_t warmup : {0, 1, 10})
      for (int64_t decay : {0, 30, 85})
        for (DType dtype : {DType::i32, DType::i64}) {
          const Attrs attrs{{"schedule", type},      {"peak", 3e-4},   {"warmup", warmup},
                            {"total", int64_t{100}}, {"decay", decay}, {"final_ratio", 0.1}};
          const Schedule schedule = schedule_of(attrs);
          const Graph graph =
              forward_graph(op_of("learning_rate"), std::vector<TensorType>{{dtype, {}}}, attrs);
          for (int64_t update : {-1, 0, 1, 2, 9, 10, 11, 50, 70, 71, 99, 100, 101, 1 << 30}) {
            const Tensors inputs{{"in0", Tensor::scalar(dtype, static_cast<double>(update))}};
            Tensors out = evaluate_emulated(graph, inputs);
            EXPECT_FLOAT_EQ(*static_cast<const float*>(out["out0"].bytes()),
                            static_cast<float>(schedule.rate(update)))
                << to_string(attrs) << " " << update;
          }
        }
}

}  // namespace
}  // namespace tessera
