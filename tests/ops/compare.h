// Comparing tensors: floats within a tolerance, everything else exactly.
#pragma once

#include "framework/runtime/evaluate.h"

namespace tessera {

struct Tolerance {
  double relative = 0;  // share of the element
  double absolute = 0;  // share of the largest element of the tensor
  Tolerance operator*(double factor) const { return {relative * factor, absolute * factor}; }
};

/// Expects |got - want| <= relative · |want| + absolute · s at every element, where s is the
/// largest |want|, or `scale` where that is larger: the size of terms that may have cancelled. The
/// failure names the worst element.
void expect_close(const Tensor& got, const Tensor& want, Tolerance tolerance,
                  const std::string& what, double scale = 0);

/// The largest finite |x| of all float tensors.
double scale_of(const Tensors& tensors);

/// The outputs of `want` whose names begin with `prefix`.
void expect_close(const Tensors& got, const Tensors& want, Tolerance tolerance,
                  const std::string& prefix);

/// Expects the same types and the same bits.
void expect_same_bits(const Tensors& got, const Tensors& want, const std::string& what);

}  // namespace tessera
