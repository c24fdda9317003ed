// Matrix products by cuBLASLt, prepared once. Matrices are row-major here; cuBLASLt takes the same
// bytes as column-major matrices of the other orientation, so it is asked for the transposed
// product.
//
// The same bits every time: only algorithms that add up partial sums in a fixed order are taken,
// and f32 products are computed in f32, never in TF32.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "framework/core/dtype.h"

namespace tessera::cuda {

/// d (m, n) = a (m, k) · b (k, n), then + c, then + bias (n), then gelu; in `batch` places.
struct ProductForm {
  int64_t m, n, k;
  bool trans_a = false, trans_b = false;  // the operand is stored transposed
  DType operands, result;
  /// Elements between neighbouring places; 0: all places read the same matrix.
  int64_t batch = 1, stride_a = 0, stride_b = 0, stride_d = 0;
  bool adds_c = false;     // c is of the result's type and may be d itself
  bool bias = false;       // of the result's type
  bool gelu = false;       // the form with tanh
  bool keeps_pre = false;  // the argument of gelu is kept; n must be a multiple of 8
  /// Bytes at whose multiples all matrices start.
  size_t alignment = 64;
};

struct ProductPointers {
  const void *a, *b;
  void* d;
  const void *c = nullptr, *bias = nullptr;
  void* pre = nullptr;
  void* scratch = nullptr;  // Product::kScratchBytes
};

class Product {
 public:
  /// What every product gets, so that a plan does not depend on what the library would choose.
  static constexpr size_t kWorkspaceBytes = size_t{32} << 20;
  /// The library wants its workspace at multiples of this, and buffers lie at smaller ones.
  static constexpr size_t kWorkspaceAlignment = 256;
  static constexpr size_t kScratchBytes = kWorkspaceBytes + kWorkspaceAlignment;

  /// Chooses the algorithm. Throws UserError when the library has no product of these types, or
  /// none within the workspace.
  explicit Product(const ProductForm& form);

  /// Puts the product on the stream.
  void run(const ProductPointers& at, cudaStream_t stream) const;

 private:
  struct Prepared;
  std::shared_ptr<Prepared> prepared_;
};

/// "13.1.0"
std::string cublaslt_version();

}  // namespace tessera::cuda
