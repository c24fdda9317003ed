#include "framework/kernels/cpu/shared/matmul_rate.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/device/cpu/memory.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera::cpu {
namespace {

TEST(MatmulRate, IsMeasuredAndLeavesNothingBehind) {
  const size_t before = buffer_bytes().current;
  EXPECT_GT(matmul_gflops(DType::f32, 0.01), 0);
  if (onednn_multiplies_bf16())
    EXPECT_GT(matmul_gflops(DType::bf16, 0.01), 0);
  else
    EXPECT_THROW(matmul_gflops(DType::bf16, 0.01), UserError);
  EXPECT_EQ(buffer_bytes().current, before);
}

TEST(MatmulRate, RefusesTypesThatTheHardwareDoesNotMultiply) {
  EXPECT_THROW(matmul_gflops(DType::f64, 0.01), UserError);
  EXPECT_THROW(matmul_gflops(DType::i32, 0.01), UserError);
}

}  // namespace
}  // namespace tessera::cpu
