// matmul: a (.., M, K) · b (.., K, N), leading dims broadcast, by cuBLASLt: one call where the
// leading dims of each operand are those of the result or absent, else one for each of the outer
// ones. An f32 product for a bf16 result goes through scratch memory.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <vector>

#include "framework/core/error.h"
#include "framework/device/cuda/errors.h"
#include "framework/device/device.h"
#include "framework/kernels/cuda/library.h"
#include "framework/kernels/cuda/shared/cublaslt.h"

namespace tessera::cuda {
namespace {

/// Leading dims of an operand, as many as the result has: each equal or 1.
Shape leading(const Shape& shape, size_t rank) {
  Shape out(rank - (shape.size() - 2), 1);
  out.insert(out.end(), shape.begin(), shape.end() - 2);
  return out;
}

/// Where the matrices of one call begin, in elements.
struct Offsets {
  int64_t a, b, d;
};

struct Plan {
  ProductForm form;
  std::vector<Offsets> calls;
};

/// Strides of leading dims in elements of matrices; 0 where a dim stretches.
Shape batch_strides(const Shape& batch, int64_t matrix) {
  Shape strides = strides_of(batch);
  for (size_t d = 0; d < batch.size(); ++d) strides[d] = batch[d] == 1 ? 0 : strides[d] * matrix;
  return strides;
}

Plan plan_of(const KernelSpec& spec) {
  const Shape &a = spec.in[0].shape, &b = spec.in[1].shape, &d = spec.out[0].shape;
  const bool trans_a = spec.attrs.flag("trans_a"), trans_b = spec.attrs.flag("trans_b");
  ProductForm form{.m = d[d.size() - 2],
                   .n = d.back(),
                   .k = a[a.size() - (trans_a ? 2 : 1)],
                   .trans_a = trans_a,
                   .trans_b = trans_b,
                   .operands = spec.in[0].dtype,
                   .result = spec.out[0].dtype,
                   .adds_c = spec.attrs.flag("accumulate")};
  check(form.k > 0 && spec.out[0].numel() > 0, "an empty matrix product: {}", spec.out[0]);
  const size_t rank = d.size() - 2;
  const Shape batch = leading(d, rank), of_a = leading(a, rank), of_b = leading(b, rank);
  if (numel(of_b) == 1 && (numel(batch) == 1 || (!trans_a && of_a == batch))) {
    form.m *= numel(batch);  // the rows of all places are one matrix
    return {form, {{0, 0, 0}}};
  }
  const Shape step_a = batch_strides(of_a, form.m * form.k),
              step_b = batch_strides(of_b, form.k * form.n),
              step_d = batch_strides(batch, form.m * form.n);
  // One call covers the innermost dims over which each operand is walked by one stride.
  size_t inner = rank;
  for (int64_t size = 1; inner > 0; --inner) {
    const int64_t dim = batch[inner - 1];
    if (dim == 1) continue;
    const int64_t next_a = step_a[inner - 1], next_b = step_b[inner - 1];
    if (size == 1) {
      form.stride_a = next_a;
      form.stride_b = next_b;
    } else if (next_a != size * form.stride_a || next_b != size * form.stride_b) {
      break;
    }
    size *= dim;
    form.batch = size;
  }
  form.stride_d = form.m * form.n;
  std::vector<Offsets> calls{{0, 0, 0}};
  for (size_t dim = 0; dim < inner; ++dim) {
    std::vector<Offsets> more;
    for (const Offsets& at : calls)
      for (int64_t i = 0; i < batch[dim]; ++i)
        more.push_back({at.a + i * step_a[dim], at.b + i * step_b[dim], at.d + i * step_d[dim]});
    calls = std::move(more);
  }
  return {form, std::move(calls)};
}

/// The largest power of two, up to the alignment of buffers, at whose multiples all matrices of all
/// calls begin.
size_t alignment_of(const Plan& plan) {
  const ProductForm& f = plan.form;
  const auto operand = static_cast<int64_t>(size_of(f.operands)),
             result = static_cast<int64_t>(size_of(f.result));
  int64_t all = static_cast<int64_t>(kAlignment) | f.stride_a * operand | f.stride_b * operand |
                f.stride_d * result;
  for (const Offsets& at : plan.calls) all |= at.a * operand | at.b * operand | at.d * result;
  return static_cast<size_t>(all & -all);
}

template <typename T>
T* moved(T* data, int64_t elements, DType dtype) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return static_cast<Byte*>(data) + elements * static_cast<int64_t>(size_of(dtype));
}

/// The product of f32 operands in scratch memory, rounded to bf16 in a second kernel.
Kernel rounded_kernel(const KernelSpec& spec) {
  require(!spec.attrs.flag("accumulate"),
          "the cuda backend adds no product of f32 operands to a {} sum", spec.out[0].dtype);
  const TensorType whole{DType::f32, spec.out[0].shape};
  Attrs attrs = spec.attrs, cast;
  attrs.set("to", std::string("f32"));
  cast.set("to", std::string(to_string(spec.out[0].dtype)));
  const Kernel product = part("matmul", attrs, spec.in, whole, spec.profile),
               round = part("cast", cast, {&whole, 1}, spec.out[0], spec.profile);
  const size_t bytes = (whole.bytes() + kAlignment - 1) / kAlignment * kAlignment;
  return {[product, round, bytes](const KernelArgs& args) {
            void* between = args.scratch;
            void* const rest = static_cast<std::byte*>(args.scratch) + bytes;
            product.run({args.in, &between, rest, args.stream});
            round.run({&between, args.out, rest, args.stream});
          },
          bytes + std::max(product.scratch_bytes, round.scratch_bytes)};
}

}  // namespace

Kernel make_matmul(const KernelSpec& spec) {
  if (spec.in[0].dtype == DType::f32 && spec.out[0].dtype == DType::bf16)
    return rounded_kernel(spec);
  Plan plan = plan_of(spec);
  plan.form.alignment = alignment_of(plan);
  const Product product(plan.form);
  return {[product, plan](const KernelArgs& args) {
            const auto stream = static_cast<cudaStream_t>(args.stream->handle());
            const ProductForm& f = plan.form;
            for (const Offsets& at : plan.calls)
              product.run({.a = moved<const void>(args.in[0], at.a, f.operands),
                           .b = moved<const void>(args.in[1], at.b, f.operands),
                           .d = moved(args.out[0], at.d, f.result),
                           .c = f.adds_c ? moved<const void>(args.in[2], at.d, f.result) : nullptr,
                           .scratch = args.scratch},
                          stream);
          },
          Product::kScratchBytes};
}

}  // namespace tessera::cuda
