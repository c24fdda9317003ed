#include "framework/kernels/cuda/shared/prepare.h"

#include <algorithm>

#include "framework/device/device.h"

namespace tessera::cuda {

void no_kernel(const KernelSpec& spec, DType dtype) {
  user_error("the cuda backend has no {} of {}", spec.op, dtype);
}

Element element_of(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return Element::f32;
    case DType::bf16:
      return Element::bf16;
    case DType::i32:
      return Element::i32;
    case DType::i64:
      return Element::i64;
    case DType::boolean:
      return Element::boolean;
    case DType::f64:
      return Element::f64;
  }
  internal_error("no element type");
}

Element float_element(const KernelSpec& spec, DType dtype) {
  if (dtype != DType::f32 && dtype != DType::bf16) no_kernel(spec, dtype);
  return element_of(dtype);
}

StridedDims strided_dims(const KernelSpec& spec, const Shape& sizes,
                         const std::vector<Shape>& strides) {
  check(strides.size() <= kMostOperands, "{} operands", strides.size());
  Shape kept;
  std::vector<Shape> steps(strides.size());
  for (size_t d = 0; d < sizes.size(); ++d) {
    if (sizes[d] == 1) continue;
    bool together = !kept.empty();
    for (size_t k = 0; together && k < strides.size(); ++k)
      together = steps[k].back() == strides[k][d] * sizes[d];
    if (together)
      kept.back() *= sizes[d];
    else
      kept.push_back(sizes[d]);
    for (size_t k = 0; k < strides.size(); ++k) {
      if (together) steps[k].pop_back();
      steps[k].push_back(strides[k][d]);
    }
  }
  require(kept.size() <= kMostDims,
          "the cuda backend's {} takes {} dims that do not lie together, not {}: reshape before it",
          spec.op, kMostDims, kept.size());
  StridedDims dims{};
  dims.rank = std::max(static_cast<int>(kept.size()), 1);
  dims.sizes[0] = 1;  // of a scalar
  for (auto& operand : dims.strides) operand[0] = 1;
  for (size_t d = 0; d < kept.size(); ++d) {
    dims.sizes[d] = kept[d];
    for (size_t k = 0; k < strides.size(); ++k) dims.strides[k][d] = steps[k][d];
  }
  return dims;
}

Shape broadcast_strides(const Shape& shape, const Shape& sizes) {
  const Shape own = strides_of(shape);
  Shape strides(sizes.size(), 0);
  const size_t missing = sizes.size() - shape.size();
  for (size_t d = 0; d < shape.size(); ++d)
    if (shape[d] != 1) strides[missing + d] = own[d];
  return strides;
}

gpu::StreamHandle stream_of(const KernelArgs& args) {
  return args.stream ? args.stream->handle() : nullptr;
}

}  // namespace tessera::cuda
