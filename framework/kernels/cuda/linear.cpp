// linear: y = act(x · W + bias) + residual, by cuBLASLt, which adds the bias, applies the gelu with
// tanh and adds the residual in registers. A bias or residual of another type than y is cast to
// y's first. Where the library cannot keep the argument of gelu (rows that are no multiple of 8
// long), gelu is a kernel of its own.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <optional>

#include "framework/core/dense_activation.h"
#include "framework/core/dense_operands.h"
#include "framework/core/error.h"
#include "framework/device/device.h"
#include "framework/kernels/cuda/library.h"
#include "framework/kernels/cuda/shared/cublaslt.h"

namespace tessera::cuda {
namespace {

size_t rounded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

/// An operand that is added to the product, and its cast to y's type where that differs.
struct Addend {
  size_t operand;
  std::optional<Kernel> cast = {};
  size_t place = 0;  // of the cast operand in scratch memory
};

class Layer {
 public:
  explicit Layer(const KernelSpec& spec) : product_(form_of(spec)), y_(spec.out[0].dtype) {
    const LinearOperands at(spec.attrs);
    if (at.bias) bias_ = addend(spec, *at.bias);
    if (at.residual) residual_ = addend(spec, *at.residual);
    keeps_pre_ = spec.attrs.flag("save_preactivation");
    if (separate_gelu(spec)) {
      Attrs form;
      form.set("form", std::string("tanh"));
      gelu_ = part("gelu", form, {&spec.out[0], 1}, spec.out[0], spec.profile);
      inner_bytes_ = std::max(inner_bytes_, gelu_->scratch_bytes);
    }
  }

  size_t scratch_bytes() const { return casts_bytes_ + inner_bytes_; }

  void run(const KernelArgs& args) const {
    auto* const scratch = static_cast<std::byte*>(args.scratch);
    void* const inner = scratch + casts_bytes_;
    const auto ready = [&](const std::optional<Addend>& addend) -> const void* {
      if (!addend) return nullptr;
      void* const given = args.in[addend->operand];
      if (!addend->cast) return given;
      void* const cast = scratch + addend->place;
      addend->cast->run({&given, &cast, inner, args.stream});
      return cast;
    };
    const void *bias = ready(bias_), *residual = ready(residual_);
    void* const y = args.out[0];
    void* const pre = keeps_pre_ ? args.out[1] : y;
    product_.run({.a = args.in[0],
                  .b = args.in[1],
                  .d = gelu_ ? pre : y,
                  .c = residual,
                  .bias = bias,
                  .pre = keeps_pre_ ? pre : nullptr,
                  .scratch = inner},
                 static_cast<cudaStream_t>(args.stream->handle()));
    if (gelu_) gelu_->run({&pre, &y, inner, args.stream});
  }

 private:
  static bool has_gelu(const KernelSpec& spec) {
    return dense_activation(spec.attrs) == DenseActivation::gelu_tanh;
  }
  static bool separate_gelu(const KernelSpec& spec) {
    return has_gelu(spec) && spec.attrs.flag("save_preactivation") &&
           spec.out[0].shape.back() % 8 != 0;
  }

  static ProductForm form_of(const KernelSpec& spec) {
    const Attrs& attrs = spec.attrs;
    check(has_form("linear", attrs), "a dense layer that the cuda backend does not have");
    const LinearOperands at(attrs);
    const int64_t n = spec.out[0].shape.back();
    check(spec.out[0].numel() > 0, "an empty dense layer: {}", spec.out[0]);
    const bool fused_gelu = has_gelu(spec) && !separate_gelu(spec);
    return {.m = spec.out[0].numel() / n,
            .n = n,
            .k = spec.in[0].shape.back(),
            .trans_b = !attrs.has("trans_w") || attrs.get<bool>("trans_w"),
            .operands = spec.in[0].dtype,
            .result = spec.out[0].dtype,
            .adds_c = at.residual.has_value(),
            .bias = at.bias.has_value(),
            .gelu = fused_gelu,
            .keeps_pre = fused_gelu && attrs.flag("save_preactivation"),
            .alignment = kAlignment};
  }

  Addend addend(const KernelSpec& spec, size_t operand) {
    Addend out{operand};
    const TensorType& given = spec.in[operand];
    if (given.dtype == y_) return out;
    Attrs to;
    to.set("to", std::string(to_string(y_)));
    const TensorType cast{y_, given.shape};
    out.cast = part("cast", to, {&given, 1}, cast, spec.profile);
    out.place = casts_bytes_;
    casts_bytes_ += rounded(cast.bytes());
    inner_bytes_ = std::max(inner_bytes_, out.cast->scratch_bytes);
    return out;
  }

  Product product_;
  DType y_;
  std::optional<Addend> bias_, residual_;
  std::optional<Kernel> gelu_;
  bool keeps_pre_ = false;
  size_t casts_bytes_ = 0, inner_bytes_ = Product::kScratchBytes;
};

}  // namespace

Kernel make_linear(const KernelSpec& spec) {
  const Layer layer(spec);
  return {[layer](const KernelArgs& args) { layer.run(args); }, layer.scratch_bytes()};
}

}  // namespace tessera::cuda
