// linear: y = act(x · W + bias) + residual. oneDNN adds bias and residual to the product in
// registers. An activation is our own sweep, over the pre-activation as it is stored, so y has the
// same bits whether the pre-activation is kept, made again later, or activated by an op of its own,
// and recomputation changes no loss. A few rows, as in a step of generation, are multiplied by a
// kernel of our own, in which the number of rows decides no bit.
#include <algorithm>

#include "framework/core/dense_activation.h"
#include "framework/core/dense_operands.h"
#include "framework/core/threads.h"
#include "framework/device/kernel.h"
#include "framework/kernels/cpu/shared/epilogue.h"
#include "framework/kernels/cpu/shared/few_rows.h"
#include "framework/kernels/cpu/shared/onednn.h"
#include "framework/kernels/cpu/shared/widened_matmul.h"

namespace tessera::cpu {
namespace {

struct Layer {
  int64_t m, n, k;
  bool trans_w;
  DType x, w, y;
  std::optional<DType> bias, residual;
  DenseActivation activation;
  bool keeps_pre;

  LinearOperands at;
};

Layer layer_of(const KernelSpec& spec) {
  const Attrs& attrs = spec.attrs;
  Layer layer{};
  layer.at = LinearOperands(attrs);
  layer.trans_w = !attrs.has("trans_w") || attrs.get<bool>("trans_w");
  layer.x = spec.in[0].dtype;
  layer.w = spec.in[1].dtype;
  layer.y = spec.out[0].dtype;
  layer.k = spec.in[0].shape.back();
  layer.n = spec.out[0].shape.back();
  check(spec.out[0].numel() > 0 && layer.k > 0, "an empty dense layer: {}", to_string(spec.out[0]));
  layer.m = spec.out[0].numel() / layer.n;
  if (layer.at.bias) layer.bias = spec.in[*layer.at.bias].dtype;
  if (layer.at.residual) layer.residual = spec.in[*layer.at.residual].dtype;
  layer.activation = dense_activation(attrs);
  layer.keeps_pre = attrs.flag("save_preactivation");
  const auto runs = [&](DType dtype) {
    require(dtype == DType::f32 || dtype == DType::bf16, "the cpu backend has no linear of {}",
            dtype);
  };
  for (const TensorType& type : spec.in) runs(type.dtype);
  runs(layer.y);
  return layer;
}

Strided matrix(DType dtype, int64_t rows, int64_t columns, bool transposed = false) {
  return {dtype, {rows, columns}, transposed ? Shape{1, rows} : Shape{columns, 1}};
}

/// Runs `row(r)` for every r in [0, rows), rows of `columns` elements, over the threads.
template <typename Row>
void each_row(int64_t rows, int64_t columns, Row&& row) {
  parallel_for(rows, std::max<int64_t>(1, 16384 / columns), [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; ++r) row(r);
  });
}

template <typename T>
T* element(T* data, int64_t index, DType dtype) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return static_cast<Byte*>(data) + index * static_cast<int64_t>(size_of(dtype));
}

Kernel library_kernel(const Layer& layer, Isa isa) {
  MatmulProblem problem{.a = matrix(layer.x, layer.m, layer.k),
                        .b = matrix(layer.w, layer.k, layer.n, layer.trans_w),
                        .c = matrix(layer.y, layer.m, layer.n),
                        .bias = layer.bias};
  const bool sweeps = layer.keeps_pre || layer.activation != DenseActivation::none;
  if (!sweeps) problem.residual = layer.residual;
  const PreparedMatmul matmul(problem);
  const Epilogue epilogue{
      .x = layer.y, .y = layer.y, .residual = layer.residual, .activation = layer.activation};
  const EpilogueFunction sweep = epilogue_function(epilogue, isa);
  return {[layer, sweeps, matmul, epilogue, sweep](const KernelArgs& args) {
            void *y = args.out[0], *pre = layer.keeps_pre ? args.out[1] : y;
            const void* residual = layer.residual ? args.in[*layer.at.residual] : nullptr;
            matmul.run({args.in[0], args.in[1], pre, args.scratch,
                        layer.bias ? args.in[*layer.at.bias] : nullptr, residual});
            if (!sweeps) return;
            each_row(layer.m, layer.n, [&](int64_t row) {
              const int64_t at = row * layer.n;
              const void* r = layer.residual ? element(residual, at, *layer.residual) : nullptr;
              sweep(epilogue, {element(pre, at, layer.y), nullptr, r, element(y, at, layer.y),
                               nullptr, layer.n});
            });
          },
          matmul.scratch_bytes()};
}

Kernel widened_kernel(const Layer& layer, Isa isa) {
  const WidenedMatmul matmul({layer.m, layer.n, layer.k, false, layer.trans_w, layer.x, layer.w});
  const Epilogue epilogue{.y = layer.y,
                          .bias = layer.bias,
                          .residual = layer.residual,
                          .keeps_pre = layer.keeps_pre,
                          .activation = layer.activation};
  const EpilogueFunction sweep = epilogue_function(epilogue, isa);
  return {
      [layer, matmul, epilogue, sweep](const KernelArgs& args) {
        const void* bias = layer.bias ? args.in[*layer.at.bias] : nullptr;
        const void* residual = layer.residual ? args.in[*layer.at.residual] : nullptr;
        matmul.run(args.in[0], args.in[1], args.scratch, [&](const WidenedMatmul::Block& block) {
          each_row(block.rows, block.columns, [&](int64_t row) {
            const int64_t at = (block.row + row) * layer.n + block.column;
            sweep(epilogue,
                  {block.data + row * block.stride,
                   bias ? element(bias, block.column, *layer.bias) : nullptr,
                   residual ? element(residual, at, *layer.residual) : nullptr,
                   element(args.out[0], at, layer.y),
                   layer.keeps_pre ? element(args.out[1], at, layer.y) : nullptr, block.columns});
          });
        });
      },
      matmul.scratch_bytes()};
}

Kernel few_rows_kernel(const Layer& layer, Isa isa) {
  const FewRows product{layer.m, layer.n, layer.k};
  const Epilogue epilogue{.y = layer.y,
                          .bias = layer.bias,
                          .residual = layer.residual,
                          .keeps_pre = layer.keeps_pre,
                          .activation = layer.activation};
  const FewRowsFunction multiply = few_rows_function(layer.x, isa);
  const EpilogueFunction sweep = epilogue_function(epilogue, isa);
  const auto run = [layer, product, epilogue, multiply, sweep](const KernelArgs& args) {
    const void* bias = layer.bias ? args.in[*layer.at.bias] : nullptr;
    const void* residual = layer.residual ? args.in[*layer.at.residual] : nullptr;
    // Threads share whole groups of four columns, each of at least some thousand products.
    const int64_t fours = (layer.n + 3) / 4,
                  grain = std::max<int64_t>(4, (1 << 16) / (4 * layer.m * layer.k));
    parallel_for(fours, grain, [&](int64_t begin, int64_t end, int) {
      alignas(64) float block[FewRows::kMost * FewRows::kColumns];
      const int64_t last = std::min(layer.n, end * 4);
      for (int64_t column = begin * 4; column < last; column += FewRows::kColumns) {
        const int64_t count = std::min(FewRows::kColumns, last - column);
        multiply(product, args.in[0], args.in[1], column, column + count, block);
        for (int64_t row = 0; row < layer.m; ++row) {
          const int64_t at = row * layer.n + column;
          sweep(epilogue, {block + row * FewRows::kColumns,
                           bias ? element(bias, column, *layer.bias) : nullptr,
                           residual ? element(residual, at, *layer.residual) : nullptr,
                           element(args.out[0], at, layer.y),
                           layer.keeps_pre ? element(args.out[1], at, layer.y) : nullptr, count});
        }
      }
    });
  };
  return {run, 0};
}

}  // namespace

Kernel linear_kernel(const KernelSpec& spec) {
  const Layer layer = layer_of(spec);
  if (layer.m <= FewRows::kMost && layer.trans_w && layer.x == layer.w)
    return few_rows_kernel(layer, spec.profile.isa);
  const bool f32 = layer.x == DType::f32 && layer.w == DType::f32 && layer.y == DType::f32 &&
                   layer.bias.value_or(DType::f32) == DType::f32;
  const bool bf16 = layer.x == DType::bf16 && layer.w == DType::bf16 &&
                    spec.profile.isa >= Isa::avx512 && onednn_multiplies_bf16();
  return f32 || bf16 ? library_kernel(layer, spec.profile.isa)
                     : widened_kernel(layer, spec.profile.isa);
}

}  // namespace tessera::cpu
