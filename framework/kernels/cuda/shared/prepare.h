// What preparing a kernel needs again and again: element types, dims without needless ones, sizes
// of launches.
#pragma once

#include <vector>

#include "framework/device/kernel.h"
#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

/// Throws a UserError that names the op: this backend has no such kernel.
[[noreturn]] void no_kernel(const KernelSpec& spec, DType dtype);

Element element_of(DType dtype);
/// The element type, which must be f32 or bf16.
Element float_element(const KernelSpec& spec, DType dtype);

/// Dims of these sizes, with strides for each operand. Dims of size one go away, and neighbours
/// that lie together in all operands become one. Throws a UserError when more than kMostDims stay.
StridedDims strided_dims(const KernelSpec& spec, const Shape& sizes,
                         const std::vector<Shape>& strides);
/// The strides of an operand of `shape` that is broadcast to `sizes`.
Shape broadcast_strides(const Shape& shape, const Shape& sizes);

constexpr int64_t blocks_of(int64_t n, int64_t each) { return (n + each - 1) / each; }

/// The stream of a call; null where there is none.
gpu::StreamHandle stream_of(const KernelArgs& args);

}  // namespace tessera::cuda
