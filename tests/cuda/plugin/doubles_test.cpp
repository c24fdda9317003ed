// The doubles themselves: streams run as late as they may, and what CUDA's documentation forbids is
// refused.
#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/cuda/doubles/streams.h"

namespace tessera::testing {
namespace {

struct Doubles : ::testing::Test {
  void SetUp() override {
    ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
    ASSERT_EQ(cudaMalloc(&card, 64), cudaSuccess);
    ASSERT_EQ(cudaHostAlloc(&pinned, 64, cudaHostAllocDefault), cudaSuccess);
  }
  void TearDown() override {
    cudaGetLastError();
    cudaStreamDestroy(stream);
    cudaFree(card);
    cudaFreeHost(pinned);
  }

  cudaStream_t stream = nullptr;
  void *card = nullptr, *pinned = nullptr;
};

TEST_F(Doubles, CopiesReadPinnedMemoryWhenTheyRun) {
  auto* const value = static_cast<int*>(pinned);
  *value = 1;
  ASSERT_EQ(cudaMemcpyAsync(card, value, 4, cudaMemcpyHostToDevice, stream), cudaSuccess);
  *value = 2;  // too early: a mistake that shows
  ASSERT_EQ(cudaMemcpyAsync(value + 1, card, 4, cudaMemcpyDeviceToHost, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(value[1], 2);
}

TEST_F(Doubles, AnEventIsAwaitedWithoutWhatComesBehindIt) {
  auto* const values = static_cast<int*>(pinned);
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  cudaMemsetAsync(card, 1, 4, stream);
  cudaEventRecord(event, stream);
  cudaMemsetAsync(card, 2, 4, stream);
  const int64_t done = doubles::progress().done;
  ASSERT_EQ(cudaEventSynchronize(event), cudaSuccess);
  EXPECT_EQ(doubles::progress().done, done + 1);
  // Another stream that waits for the event draws in what it needs, and no more.
  cudaStream_t other = nullptr;
  cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking);
  cudaEventRecord(event, stream);
  cudaMemsetAsync(card, 3, 4, stream);
  ASSERT_EQ(cudaStreamWaitEvent(other, event, 0), cudaSuccess);
  cudaMemcpyAsync(values, card, 4, cudaMemcpyDeviceToHost, other);
  cudaStreamSynchronize(other);
  EXPECT_EQ(values[0], 0x02020202);
  cudaStreamDestroy(other);
  cudaEventDestroy(event);
}

TEST_F(Doubles, ForbiddenCopiesAreRefused) {
  std::vector<char> ordinary(64);
  const auto copy = [&](void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
    return cudaMemcpyAsync(to, from, bytes, kind, stream);
  };
  EXPECT_EQ(copy(card, ordinary.data(), 64, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(copy(ordinary.data(), card, 64, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(copy(card, pinned, 65, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(copy(pinned, card, 64, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(copy(static_cast<char*>(card) + 8, card, 16, cudaMemcpyDeviceToDevice),
            cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(card, ordinary.data(), 64, cudaMemcpyHostToDevice), cudaSuccess);
  EXPECT_EQ(cudaFree(pinned), cudaErrorInvalidValue);
  EXPECT_EQ(cudaStreamSynchronize(reinterpret_cast<cudaStream_t>(pinned)), cudaErrorInvalidValue);
}

TEST_F(Doubles, MemoryMustLiveUntilItsCopyRuns) {
  void* gone = nullptr;
  ASSERT_EQ(cudaMalloc(&gone, 64), cudaSuccess);
  // cudaFree waits for all streams, so only what is put on one behind it meets freed memory.
  cudaFree(gone);
  EXPECT_EQ(cudaMemcpyAsync(gone, pinned, 4, cudaMemcpyHostToDevice, stream),
            cudaErrorInvalidValue);
}

/// One product of cuBLASLt, with room for mistakes.
struct LtCall {
  cublasLtMatmulDesc_t call = nullptr;
  cublasLtMatrixLayout_t a = nullptr, b = nullptr, d = nullptr;
  cublasLtMatmulPreference_t preference = nullptr;

  explicit LtCall(int64_t ld_b = 8, uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_NONE) {
    cublasLtMatmulDescCreate(&call, CUBLAS_COMPUTE_32F, CUDA_R_32F);
    cublasLtMatrixLayoutCreate(&a, CUDA_R_32F, 8, 8, 8);
    cublasLtMatrixLayoutCreate(&b, CUDA_R_32F, 8, 8, ld_b);
    cublasLtMatrixLayoutCreate(&d, CUDA_R_32F, 8, 8, 8);
    cublasLtMatmulPreferenceCreate(&preference);
    set(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, reductions);
  }
  template <typename T>
  cublasStatus_t set(cublasLtMatmulPreferenceAttributes_t which, T value) {
    return cublasLtMatmulPreferenceSetAttribute(preference, which, &value, sizeof(value));
  }
  template <typename T>
  cublasStatus_t set(cublasLtMatmulDescAttributes_t which, T value) {
    return cublasLtMatmulDescSetAttribute(call, which, &value, sizeof(value));
  }
  cublasStatus_t choose(cublasLtMatmulAlgo_t& algorithm) const {
    cublasLtMatmulHeuristicResult_t found[2] = {};
    int count = 0;
    const cublasStatus_t status =
        cublasLtMatmulAlgoGetHeuristic(nullptr, call, a, b, d, d, preference, 2, found, &count);
    algorithm = found[1].algo;
    return status;
  }
};

TEST(LtDouble, ForbiddenProductsAreRefused) {
  cublasLtMatmulAlgo_t algorithm{};
  EXPECT_EQ(LtCall().choose(algorithm), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(LtCall(7).choose(algorithm), CUBLAS_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(LtCall(8, CUBLASLT_REDUCTION_SCHEME_INPLACE).choose(algorithm),
            CUBLAS_STATUS_INVALID_VALUE);
  LtCall bias;
  bias.set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_BIAS);
  EXPECT_EQ(bias.choose(algorithm), CUBLAS_STATUS_NOT_SUPPORTED) << "a bias without address";
  LtCall aux;
  aux.set(CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_GELU_AUX);
  aux.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, reinterpret_cast<void*>(64));
  aux.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, int64_t{9});
  EXPECT_EQ(aux.choose(algorithm), CUBLAS_STATUS_NOT_SUPPORTED);
  aux.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, int64_t{8});
  EXPECT_EQ(aux.choose(algorithm), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(aux.set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, 8), CUBLAS_STATUS_INVALID_VALUE)
      << "32 bits where 64 are wanted";
  EXPECT_EQ(aux.set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, int8_t{1}), CUBLAS_STATUS_INVALID_VALUE);
}

TEST(LtDouble, CallsMustBeThoseThatTheAlgorithmWasChosenFor) {
  constexpr size_t kRoom = size_t{1} << 20;
  void *matrices = nullptr, *workspace = nullptr;
  ASSERT_EQ(cudaMalloc(&matrices, 4096), cudaSuccess);
  ASSERT_EQ(cudaMalloc(&workspace, kRoom), cudaSuccess);
  LtCall lt;
  lt.set(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, uint64_t{kRoom});
  cublasLtMatmulAlgo_t algorithm{}, none{};
  ASSERT_EQ(lt.choose(algorithm), CUBLAS_STATUS_SUCCESS);
  const auto run = [&](size_t at_a, size_t at_c, size_t at_d, const cublasLtMatmulAlgo_t& algo,
                       size_t room) {
    char* const base = static_cast<char*>(matrices);
    const float one = 1;
    return cublasLtMatmul(nullptr, lt.call, &one, base + at_a, lt.a, base + 256, lt.b, &one,
                          base + at_c, lt.d, base + at_d, lt.d, &algo, workspace, room, nullptr);
  };
  EXPECT_EQ(run(0, 512, 512, algorithm, kRoom), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(run(0, 512, 512, none, kRoom), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(run(0, 512, 512, algorithm, kRoom - 1), CUBLAS_STATUS_INVALID_VALUE);
  EXPECT_EQ(run(64, 512, 512, algorithm, kRoom), CUBLAS_STATUS_INVALID_VALUE) << "alignment of A";
  EXPECT_EQ(run(0, 1024, 512, algorithm, kRoom), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(run(0, 768, 256, algorithm, kRoom), CUBLAS_STATUS_INVALID_VALUE) << "D on B";
  EXPECT_EQ(run(3840, 512, 512, algorithm, kRoom), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(run(4096, 512, 512, algorithm, kRoom), CUBLAS_STATUS_INVALID_VALUE) << "behind it";
  const auto transposed = CUBLAS_OP_T;
  lt.set(CUBLASLT_MATMUL_DESC_TRANSA, transposed);
  EXPECT_EQ(run(0, 512, 512, algorithm, kRoom), CUBLAS_STATUS_INVALID_VALUE) << "another product";
  EXPECT_EQ(cudaFree(matrices), cudaSuccess);
  EXPECT_EQ(cudaFree(workspace), cudaSuccess);
}

}  // namespace
}  // namespace tessera::testing
