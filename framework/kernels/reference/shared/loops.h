// Helpers of the reference kernels: plain loops in double over any element type. They are slow on
// purpose, and the oracle.
#pragma once

#include <vector>

#include "framework/device/kernel.h"

namespace tessera::reference {

/// Elements of a buffer as double (load), and back (store).
std::vector<double> load(const TensorType& type, const void* bytes);
void store(const TensorType& type, std::span<const double> values, void* bytes);

/// Position in an operand of `shape` for flat position `i` of a result of `out` that the operand
/// broadcasts to.
int64_t broadcast_index(int64_t i, const Shape& out, const Shape& shape);

/// The kernel out[i] = f(in0[i], in1[i], …) with broadcasting, for any number of operands.
template <typename F>
Kernel elementwise(const KernelSpec& spec, F f) {
  std::vector<TensorType> in(spec.in.begin(), spec.in.end());
  return {[in, out = spec.out[0], f](const KernelArgs& args) {
            std::vector<std::vector<double>> operands;
            for (size_t k = 0; k < in.size(); ++k) operands.push_back(load(in[k], args.in[k]));
            std::vector<double> result(static_cast<size_t>(out.numel())), x(in.size());
            for (int64_t i = 0; i < out.numel(); ++i) {
              for (size_t k = 0; k < in.size(); ++k)
                x[k] = operands[k][static_cast<size_t>(
                    in[k].shape == out.shape ? i : broadcast_index(i, out.shape, in[k].shape))];
              result[static_cast<size_t>(i)] = f(std::span<const double>(x));
            }
            store(out, result, args.out[0]);
          },
          0};
}

}  // namespace tessera::reference
