// All of oneDNN that Tessera uses: matrix products. The library's types stay in onednn.cpp, and so
// does the difference between its 2.x and 3.x interfaces.
//
// Operands are plain row-major (strided) buffers. The library packs blocks of B into scratch as it
// goes; weights packed ahead of time gained 3 to 7 % of a product here and cost 3 to 10 % to make,
// for each of the two orientations a training step needs. Bits of a product may depend on the
// number of threads: the library may split K between them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "framework/core/device_profile.h"
#include "framework/core/tensor_type.h"

namespace tessera::cpu {

/// Holds the library to `isa`, for the whole process. Returns false when it is too late: the
/// library was used, or has a cap.
bool set_isa_cap(Isa isa);

/// The library's version, such as "2.6.3".
std::string onednn_version();

/// Whether products of bf16 operands are possible (AVX-512 at least, and not capped away).
bool onednn_multiplies_bf16();

/// A tensor whose dims need not lie in row-major order.
struct Strided {
  DType dtype;
  Shape dims, strides;
};

/// c = a · b + bias + residual, or c += a · b; ranks are equal, leading dims equal or 1. Operand
/// types: f32 throughout, or bf16 for a and b and either for c; bias f32 or c's type.
struct MatmulProblem {
  Strided a, b, c;  // (.., M, K), (.., K, N), (.., M, N)
  bool accumulate = false;
  std::optional<DType> bias = {};      // (N)
  std::optional<DType> residual = {};  // laid out as c
};

/// A product prepared once and run often. Runs must not overlap: a run binds its buffers to the
/// object.
class PreparedMatmul {
 public:
  /// Throws InternalError when the library refuses the types.
  explicit PreparedMatmul(const MatmulProblem& problem);

  size_t scratch_bytes() const;
  const std::string& implementation() const;  // the library's name for the code it chose

  struct Buffers {
    const void *a, *b;
    void* c;
    void* scratch;
    const void* bias = nullptr;
    const void* residual = nullptr;
  };
  void run(const Buffers& buffers) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A row-major matrix: rows are `stride` elements apart; `transposed` reads it as its transpose.
struct MatrixView {
  const float* data;
  int64_t stride;
  bool transposed = false;
};

/// c (m, n) = a · b, added to c when `accumulate`. Nothing is prepared; the library allocates
/// packing buffers itself.
void sgemm(int64_t m, int64_t n, int64_t k, MatrixView a, MatrixView b, bool accumulate, float* c,
           int64_t c_stride);

}  // namespace tessera::cpu
