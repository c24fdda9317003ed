// The shim over oneDNN: what it refuses, and that the cap of the instruction set comes too late
// once it has been used.
#include "framework/kernels/cpu/shared/onednn.h"

#include <gtest/gtest.h>

#include <vector>

namespace tessera::cpu {
namespace {

MatmulProblem square(DType in, DType out) {
  return {.a = {in, {4, 4}, {4, 1}}, .b = {in, {4, 4}, {4, 1}}, .c = {out, {4, 4}, {4, 1}}};
}

TEST(OneDnn, NamesItsVersion) { EXPECT_NE(onednn_version().find('.'), std::string::npos); }

TEST(OneDnn, RefusesOtherTypes) {
  EXPECT_THROW(PreparedMatmul{square(DType::f64, DType::f64)}, InternalError);
  EXPECT_THROW(PreparedMatmul{square(DType::f32, DType::bf16)}, InternalError);
}

TEST(OneDnn, RefusesUnequalRanks) {
  MatmulProblem problem = square(DType::f32, DType::f32);
  problem.a = {DType::f32, {1, 4, 4}, {16, 4, 1}};
  EXPECT_THROW(PreparedMatmul{problem}, InternalError);
}

TEST(OneDnn, CapComesTooLateAfterUse) {
  const PreparedMatmul matmul(square(DType::f32, DType::f32));
  EXPECT_FALSE(matmul.implementation().empty());
  EXPECT_FALSE(set_isa_cap(Isa::sse41));
}

}  // namespace
}  // namespace tessera::cpu
