// Tensors cut into parts, for kernels that run on a part of the whole: every part with its place,
// and slices of values.
#pragma once

#include "tests/kernels/both_backends.h"

namespace tessera::testing {

struct Piece {
  Shape origin, size;

  /// The attributes that tell a kernel where the piece lies, added to `attrs`.
  Attrs in(const Shape& whole, Attrs attrs = {}) const {
    attrs.set("whole", whole);
    attrs.set("origin", origin);
    return attrs;
  }
};

/// The parts of a shape cut in two along each of these dims; odd sizes give uneven parts.
inline std::vector<Piece> pieces_of(const Shape& whole, const std::vector<size_t>& dims) {
  std::vector<Piece> pieces{{Shape(whole.size()), whole}};
  for (size_t d : dims) {
    std::vector<Piece> finer;
    for (const Piece& piece : pieces) {
      Piece low = piece, high = piece;
      low.size[d] = piece.size[d] / 2;
      high.size[d] -= low.size[d];
      high.origin[d] += low.size[d];
      if (low.size[d] > 0) finer.push_back(low);
      finer.push_back(high);
    }
    pieces = finer;
  }
  return pieces;
}

inline std::vector<double> slice_of(const std::vector<double>& data, const Shape& whole,
                                    const Piece& piece) {
  const Shape strides = strides_of(whole);
  std::vector<double> out;
  for (int64_t e = 0; e < numel(piece.size); ++e) {
    int64_t rest = e, at = 0;
    for (size_t d = whole.size(); d-- > 0; rest /= piece.size[d])
      at += (piece.origin[d] + rest % piece.size[d]) * strides[d];
    out.push_back(data[static_cast<size_t>(at)]);
  }
  return out;
}

inline Values slice_of(const Values& values, const Piece& piece) {
  return {{values.type.dtype, piece.size}, slice_of(values.data, values.type.shape, piece)};
}

/// A kernel of the op for each instruction set, and the reference's where there is one.
struct Runner {
  KernelFactory factory;
  Isa isa;
};
inline std::vector<Runner> runners(std::string_view op) {
  std::vector<Runner> out;
  for (Isa isa : isas_here()) out.push_back({cpu_kernel(op), isa});
  if (KernelFactory reference = reference_kernel(op)) out.push_back({reference, Isa::sse41});
  return out;
}

/// Expects equal values; NaN equals NaN.
inline void expect_same(const std::vector<double>& got, const std::vector<double>& want) {
  EXPECT_EQ(largest_difference(got, want), 0);
}

}  // namespace tessera::testing
