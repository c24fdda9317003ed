// Every case of every op that has a CUDA kernel, on the emulator, in f32 and bf16.
#include <gtest/gtest.h>

#include "tests/cuda/run_graph/as_reference.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/op_test.h"

namespace tessera {
namespace {

class CudaCases : public OpTest {};

TEST_P(CudaCases, GiveWhatTheReferenceGives) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which)
    for (DType real : {DType::f32, DType::bf16})
      if (op.cases[which].cpu && (real == DType::f32 || op.cases[which].bf16))
        expect_emulated_as_reference(op, which, real);
}

INSTANTIATE_TEST_SUITE_P(Ops, CudaCases, testing::ValuesIn(cases_of_emulated_kernels()),
                         [](const auto& info) { return info.param.op; });

}  // namespace
}  // namespace tessera
