// What the stand-ins of cuBLASLt keep behind its opaque handles, and the product that a call asks
// for, read from them.
#pragma once

#include <cublasLt.h>

#include <cstdint>
#include <string>

namespace tessera::doubles {

struct LtDescription {
  cublasComputeType_t compute;
  cudaDataType_t scale;
  cublasOperation_t trans_a = CUBLAS_OP_N, trans_b = CUBLAS_OP_N;
  uint32_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
  void* aux = nullptr;
  int64_t aux_ld = 0;
};

struct LtLayout {
  cudaDataType_t type;
  uint64_t rows, columns;
  int64_t ld;
  int32_t batch = 1;
  int64_t stride = 0;

  bool operator==(const LtLayout&) const = default;
  /// Elements from the first to behind the last.
  int64_t extent() const;
};

struct LtPreference {
  uint64_t workspace = 0;
  uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_MASK;
  uint32_t alignment[4] = {256, 256, 256, 256};  // of A, B, C and D
};

/// What an algorithm holds: the problem that it was found for, and what it relies on.
struct LtAlgorithm {
  uint64_t problem;
  uint64_t workspace;
  uint32_t alignment[4];
  uint64_t mark;
};
static_assert(sizeof(LtAlgorithm) <= sizeof(cublasLtMatmulAlgo_t));

/// D = op(A) · op(B) + C, as the library sees it: column-major.
struct LtProblem {
  const LtDescription& call;
  const LtLayout &a, &b, &c, &d;

  uint64_t inner() const { return call.trans_a == CUBLAS_OP_N ? a.columns : a.rows; }
  /// What the documentation of cublasLtMatmul forbids of it; empty: nothing.
  std::string forbidden() const;
  uint64_t hash() const;
};

bool has_bias(uint32_t epilogue);
bool has_gelu(uint32_t epilogue);
bool has_aux(uint32_t epilogue);

}  // namespace tessera::doubles
