#include "framework/kernels/cuda/copies.h"

#include <algorithm>
#include <bit>

#include "framework/core/dims.h"
#include "framework/core/part.h"
#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

/// The largest unit, of up to 16 bytes, in which elements of `bytes` bytes can be moved: a power of
/// two times the element that divides how many lie together and every other stride.
CopyTask widened(CopyTask task) {
  StridedDims& dims = task.dims;
  const int last = dims.rank - 1;
  const auto can_double = [&] {
    if (task.element_bytes == 16 || dims.sizes[last] % 2 != 0) return false;
    if (dims.strides[0][last] != 1 || dims.strides[1][last] != 1) return false;
    bool even = task.from % 2 == 0 && task.to % 2 == 0;
    for (int d = 0; d < last; ++d)
      even = even && dims.strides[0][d] % 2 == 0 && dims.strides[1][d] % 2 == 0;
    return even;
  };
  while (can_double()) {
    task.element_bytes *= 2;
    task.count /= 2;
    dims.sizes[last] /= 2;
    task.from /= 2;
    task.to /= 2;
    for (int d = 0; d < last; ++d) {
      dims.strides[0][d] /= 2;
      dims.strides[1][d] /= 2;
    }
  }
  return task;
}

/// A copy of `sizes` elements, with strides and first elements in source and target.
CopyTask copy_of(const KernelSpec& spec, DType dtype, const Shape& sizes, const Shape& from_strides,
                 int64_t from, const Shape& to_strides, int64_t to) {
  CopyTask task{};
  task.count = numel(sizes);
  task.element_bytes = static_cast<int>(size_of(dtype));
  task.dims = strided_dims(spec, sizes, {from_strides, to_strides});
  task.from = from;
  task.to = to;
  return widened(task);
}

Kernel copying(const CopyTask& task) {
  return {[task](const KernelArgs& args) {
            if (args.in[0] == args.out[0]) return;  // the result is a view of the operand
            CopyTask call = task;
            call.source = args.in[0];
            call.target = args.out[0];
            run_copy(stream_of(args), call);
          },
          0};
}

/// The same elements in the same order.
CopyTask whole(const KernelSpec& spec) {
  const Shape flat{spec.out[0].numel()};
  return copy_of(spec, spec.out[0].dtype, flat, {1}, 0, {1}, 0);
}

FillTask filling(DType dtype, int64_t count, uint64_t bits) {
  FillTask task{};
  task.count = count;
  task.element_bytes = static_cast<int>(size_of(dtype));
  task.bits = bits;
  return task;
}

uint64_t bits_of(DType dtype, double value) {
  switch (dtype) {
    case DType::f32:
      return std::bit_cast<uint32_t>(static_cast<float>(value));
    case DType::bf16:
      return bfloat16(static_cast<float>(value)).bits;
    case DType::f64:
      return std::bit_cast<uint64_t>(value);
    default:
      return static_cast<uint64_t>(static_cast<int64_t>(value));
  }
}

}  // namespace

Kernel make_reshape(const KernelSpec& spec) { return copying(whole(spec)); }
Kernel make_stop_gradient(const KernelSpec& spec) { return copying(whole(spec)); }
Kernel make_empty(const KernelSpec&) {
  return {[](const KernelArgs&) {}, 0};
}

Kernel make_transpose(const KernelSpec& spec) {
  const Shape own = strides_of(spec.in[0].shape);
  Shape from;
  for (int64_t d : spec.attrs.list("perm")) from.push_back(own[static_cast<size_t>(d)]);
  const Shape& sizes = spec.out[0].shape;
  return copying(copy_of(spec, spec.out[0].dtype, sizes, from, 0, strides_of(sizes), 0));
}

Kernel make_slice(const KernelSpec& spec) {
  const Shape strides = strides_of(spec.in[0].shape), &sizes = spec.out[0].shape;
  const Shape& starts = spec.attrs.list("starts");
  int64_t from = 0;
  for (size_t d = 0; d < starts.size(); ++d) from += starts[d] * strides[d];
  return copying(copy_of(spec, spec.out[0].dtype, sizes, strides, from, strides_of(sizes), 0));
}

Kernel make_local_part(const KernelSpec& spec) {
  const DimSplit in = split_at(spec.in[0].shape, spec.attrs.integer("dim"));
  const int64_t begin = spec.attrs.list("origin").at(0);
  const int64_t run = in.size / spec.attrs.integer("parts") * in.inner;
  return copying(copy_of(spec, spec.out[0].dtype, {in.outer, run}, {in.size * in.inner, 1},
                         begin * in.inner, {run, 1}, 0));
}

Kernel make_concat(const KernelSpec& spec) {
  const int64_t dim = spec.attrs.integer("dim");
  const DimSplit all = split_at(spec.out[0].shape, dim);
  std::vector<CopyTask> tasks;
  int64_t start = 0;
  for (const TensorType& in : spec.in) {
    const DimSplit part = split_at(in.shape, dim);
    const int64_t run = part.size * part.inner;
    tasks.push_back(copy_of(spec, in.dtype, {part.outer, run}, {run, 1}, 0,
                            {all.size * all.inner, 1}, start * all.inner));
    start += part.size;
  }
  return {[tasks](const KernelArgs& args) {
            for (size_t k = 0; k < tasks.size(); ++k) {
              CopyTask call = tasks[k];
              call.source = args.in[k];
              call.target = args.out[0];
              run_copy(stream_of(args), call);
            }
          },
          0};
}

Kernel make_constant(const KernelSpec& spec) {
  const DType dtype = spec.out[0].dtype;
  const FillTask task =
      filling(dtype, spec.out[0].numel(), bits_of(dtype, spec.attrs.real("value")));
  return {[task](const KernelArgs& args) {
            FillTask call = task;
            call.target = args.out[0];
            run_fill(stream_of(args), call);
          },
          0};
}

Kernel make_first_only(const KernelSpec& spec) {
  const auto& origin = spec.attrs.list("origin");
  if (std::all_of(origin.begin(), origin.end(), [](int64_t i) { return i == 0; }))
    return copying(whole(spec));
  const FillTask task = filling(spec.out[0].dtype, spec.out[0].numel(), 0);
  return {[task](const KernelArgs& args) {
            FillTask call = task;
            call.target = args.out[0];
            run_fill(stream_of(args), call);
          },
          0};
}

Kernel make_iota(const KernelSpec& spec) {
  const DType dtype = spec.out[0].dtype;
  if (dtype == DType::f64) no_kernel(spec, dtype);
  const int64_t named = spec.attrs.integer("dim");
  const DimSplit split = split_at(spec.out[0].shape, named);
  const auto part = part_of(spec.attrs);
  IotaTask task{};
  task.count = spec.out[0].numel();
  task.size = split.size;
  task.inner = split.inner;
  if (part)
    task.first = part->origin.at(static_cast<size_t>(checked_dim(named, spec.out[0].rank())));
  task.element = static_cast<int>(element_of(dtype));
  return {[task](const KernelArgs& args) {
            IotaTask call = task;
            call.target = args.out[0];
            run_iota(stream_of(args), call);
          },
          0};
}

}  // namespace tessera::cuda
