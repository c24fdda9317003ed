// matmul: a (.., M, K) · b (.., K, N), leading dims broadcast. The way to compute it is chosen
// when the kernel is prepared:
//   one f32 product with b as stored     sgemm (2 to 20 % faster than the matmul primitive:
//                                        gradients of x and w)
//   all f32 products without AVX-512     sgemm, whose bits do not depend on the threads
//   f32 otherwise, and bf16              a prepared oneDNN product
//   types that oneDNN refuses here       blocks widened to f32
#include <algorithm>
#include <cstring>

#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/epilogue.h"
#include "framework/kernels/cpu/shared/onednn.h"
#include "framework/kernels/cpu/shared/widened_matmul.h"

namespace tessera::cpu {
namespace {

struct Product {
  int64_t m, n, k;
  bool trans_a, trans_b;
  DType a, b, c;
  bool accumulate;
  Shape batch = {};  // leading dims of the result, after collapsing
  // Leading dims of the operands: as many as the result has, each equal or 1.
  Shape a_batch = {}, b_batch = {};
};

Shape leading(const Shape& shape, size_t rank) {
  Shape out(rank - (shape.size() - 2), 1);
  out.insert(out.end(), shape.begin(), shape.end() - 2);
  return out;
}

Product product_of(const KernelSpec& spec) {
  for (const TensorType& type : spec.in)
    require(type.dtype == DType::f32 || type.dtype == DType::bf16,
            "the cpu backend has no matmul of {}", type.dtype);
  const Shape &a = spec.in[0].shape, &b = spec.in[1].shape, &c = spec.out[0].shape;
  const bool trans_a = spec.attrs.flag("trans_a"), trans_b = spec.attrs.flag("trans_b");
  Product p{c[c.size() - 2],  c.back(),          a[a.size() - (trans_a ? 2 : 1)],
            trans_a,          trans_b,           spec.in[0].dtype,
            spec.in[1].dtype, spec.out[0].dtype, spec.attrs.flag("accumulate")};
  require(p.c == DType::f32 || p.c == DType::bf16, "the cpu backend has no matmul to {}", p.c);
  check(p.m > 0 && p.n > 0 && p.k > 0 && spec.out[0].numel() > 0, "an empty matrix product: {}",
        to_string(c));
  const size_t rank = c.size() - 2;
  p.batch = leading(c, rank);
  p.a_batch = leading(a, rank);
  p.b_batch = leading(b, rank);
  if (numel(p.b_batch) == 1 && (numel(p.batch) == 1 || (!p.trans_a && p.a_batch == p.batch))) {
    p.m *= numel(p.batch);
    p.batch = p.a_batch = p.b_batch = {};
  } else if (p.a_batch == p.batch && p.b_batch == p.batch) {
    p.batch = p.a_batch = p.b_batch = {numel(p.batch)};
  }
  return p;
}

Strided operand(DType dtype, const Shape& batch, int64_t rows, int64_t columns, bool transposed) {
  Strided out{dtype, batch, strides_of(batch)};
  for (int64_t& stride : out.strides) stride *= rows * columns;
  out.dims.insert(out.dims.end(), {rows, columns});
  out.strides.insert(out.strides.end(), {transposed ? 1 : columns, transposed ? rows : 1});
  return out;
}

/// The accumulator is the result's buffer; where a caller keeps the two apart it is copied first.
void bring_accumulator(const KernelArgs& args, size_t bytes) {
  if (args.in[2] != args.out[0]) std::memcpy(args.out[0], args.in[2], bytes);
}

Kernel prepared_kernel(const Product& p) {
  const PreparedMatmul matmul({.a = operand(p.a, p.a_batch, p.m, p.k, p.trans_a),
                               .b = operand(p.b, p.b_batch, p.k, p.n, p.trans_b),
                               .c = operand(p.c, p.batch, p.m, p.n, false),
                               .accumulate = p.accumulate});
  const size_t bytes = static_cast<size_t>(numel(p.batch) * p.m * p.n) * size_of(p.c);
  return {[matmul, bytes, accumulate = p.accumulate](const KernelArgs& args) {
            if (accumulate) bring_accumulator(args, bytes);
            matmul.run({args.in[0], args.in[1], args.out[0], args.scratch});
          },
          matmul.scratch_bytes()};
}

/// Position of batch entry `i` in an operand whose batch dims are those of the result or 1.
int64_t batch_index(int64_t i, const Shape& batch, const Shape& own) {
  int64_t index = 0, stride = 1;
  for (size_t d = batch.size(); d-- > 0; i /= batch[d]) {
    if (own[d] > 1) index += i % batch[d] * stride;
    stride *= own[d];
  }
  return index;
}

Kernel sgemm_kernel(const Product& p) {
  return {
      [p, count = numel(p.batch)](const KernelArgs& args) {
        if (p.accumulate)
          bring_accumulator(args, static_cast<size_t>(count * p.m * p.n) * sizeof(float));
        for (int64_t i = 0; i < count; ++i) {
          const float* a = args.input<float>(0) + batch_index(i, p.batch, p.a_batch) * p.m * p.k;
          const float* b = args.input<float>(1) + batch_index(i, p.batch, p.b_batch) * p.k * p.n;
          sgemm(p.m, p.n, p.k, {a, p.trans_a ? p.m : p.k, p.trans_a},
                {b, p.trans_b ? p.k : p.n, p.trans_b}, p.accumulate,
                args.output<float>(0) + i * p.m * p.n, p.n);
        }
      },
      0};
}

Kernel widened_kernel(const Product& p, Isa isa) {
  const WidenedMatmul matmul({p.m, p.n, p.k, p.trans_a, p.trans_b, p.a, p.b});
  Epilogue epilogue{.y = p.c};
  if (p.accumulate) epilogue.residual = p.c;
  const EpilogueFunction store = epilogue_function(epilogue, isa);
  return {[p, matmul, epilogue, store](const KernelArgs& args) {
            const auto at = [](const void* data, int64_t index, DType dtype) {
              return static_cast<const char*>(data) + index * static_cast<int64_t>(size_of(dtype));
            };
            for (int64_t i = 0; i < numel(p.batch); ++i) {
              const void* a = at(args.in[0], batch_index(i, p.batch, p.a_batch) * p.m * p.k, p.a);
              const void* b = at(args.in[1], batch_index(i, p.batch, p.b_batch) * p.k * p.n, p.b);
              matmul.run(a, b, args.scratch, [&](const WidenedMatmul::Block& block) {
                parallel_for(block.rows, std::max<int64_t>(1, 16384 / block.columns),
                             [&](int64_t begin, int64_t end, int) {
                               for (int64_t row = begin; row < end; ++row) {
                                 const int64_t c =
                                     i * p.m * p.n + (block.row + row) * p.n + block.column;
                                 const void* sum = p.accumulate ? at(args.in[2], c, p.c) : nullptr;
                                 void* out = const_cast<char*>(at(args.out[0], c, p.c));
                                 store(epilogue, {block.data + row * block.stride, nullptr, sum,
                                                  out, nullptr, block.columns});
                               }
                             });
              });
            }
          },
          matmul.scratch_bytes()};
}

}  // namespace

Kernel matmul_kernel(const KernelSpec& spec) {
  const Product p = product_of(spec);
  const bool f32 = p.a == DType::f32 && p.b == DType::f32 && p.c == DType::f32;
  const bool bf16 = p.a == DType::bf16 && p.b == DType::bf16 && spec.profile.isa >= Isa::avx512 &&
                    onednn_multiplies_bf16();
  // Below AVX-512 oneDNN cuts its own products by the number of threads, which changes their bits;
  // the bits of our products do not change.
  if (f32 && (spec.profile.isa < Isa::avx512 || (p.batch.empty() && !p.trans_b)))
    return sgemm_kernel(p);
  if (f32 || bf16) return prepared_kernel(p);
  return widened_kernel(p, spec.profile.isa);
}

}  // namespace tessera::cpu
