#include "framework/kernels/cuda/elementwise.h"

#include "framework/kernels/cuda/shared/prepare.h"

namespace tessera::cuda {
namespace {

Kernel elementwise(const KernelSpec& spec, Function function) {
  const Shape& shape = spec.out[0].shape;
  std::vector<Shape> strides;
  for (const TensorType& in : spec.in) strides.push_back(broadcast_strides(in.shape, shape));
  ElementwiseTask task{};
  task.count = spec.out[0].numel();
  task.dims = strided_dims(spec, shape, strides);
  task.packed = task.dims.rank == 1 || task.dims.sizes[task.dims.rank - 1] % kVector == 0;
  for (size_t k = 0; k < spec.in.size(); ++k) task.in[k].element = element_of(spec.in[k].dtype);
  task.out.element = element_of(spec.out[0].dtype);
  return {[task, function, operands = spec.in.size()](const KernelArgs& args) {
            ElementwiseTask call = task;
            for (size_t k = 0; k < operands; ++k) call.in[k].at = args.in[k];
            call.out.at = args.out[0];
            run_elementwise(stream_of(args), function, call);
          },
          0};
}

Kernel of_floats(const KernelSpec& spec, Function function) {
  for (const TensorType& in : spec.in) float_element(spec, in.dtype);
  return elementwise(spec, function);
}

bool tanh_form(const KernelSpec& spec) { return spec.attrs.text("form") == "tanh"; }

}  // namespace

#define TESSERA_FLOATS(name, operands, value) \
  Kernel make_##name(const KernelSpec& spec) { return of_floats(spec, Function::name); }
#define TESSERA_FORM(name, operands, value)
#define TESSERA_NUMBERS(name, operands, value)                                            \
  Kernel make_##name(const KernelSpec& spec) {                                            \
    return is_integer(spec.in[0].dtype) ? elementwise(spec, Function::name##_of_integers) \
                                        : of_floats(spec, Function::name);                \
  }
#define TESSERA_COMPARISON(name, operands, value)                                        \
  Kernel make_##name(const KernelSpec& spec) {                                           \
    return is_float(spec.in[0].dtype) ? of_floats(spec, Function::name)                  \
                                      : elementwise(spec, Function::name##_of_integers); \
  }
#include "framework/kernels/cuda/elementwise.def"

Kernel make_gelu(const KernelSpec& spec) {
  return of_floats(spec, tanh_form(spec) ? Function::gelu_tanh : Function::gelu_erf);
}

Kernel make_gelu_grad(const KernelSpec& spec) {
  return of_floats(spec, tanh_form(spec) ? Function::gelu_tanh_grad : Function::gelu_erf_grad);
}

Kernel make_cast(const KernelSpec& spec) {
  const DType from = spec.in[0].dtype, to = spec.out[0].dtype;
  if (from == DType::f64 || to == DType::f64) return elementwise(spec, Function::through_double);
  if (is_float(from) && is_float(to)) return elementwise(spec, Function::float_to_float);
  if (is_float(to)) return elementwise(spec, Function::integer_to_float);
  if (!is_float(from)) return elementwise(spec, Function::integer_to_integer);
  return elementwise(
      spec, to == DType::boolean ? Function::float_to_boolean : Function::float_to_integer);
}

Kernel make_where(const KernelSpec& spec) {
  if (!is_float(spec.out[0].dtype)) return elementwise(spec, Function::where_of_integers);
  float_element(spec, spec.out[0].dtype);
  return elementwise(spec, Function::where);
}

Kernel make_broadcast_to(const KernelSpec& spec) {
  if (!is_float(spec.out[0].dtype)) return elementwise(spec, Function::integer_to_integer);
  return of_floats(spec, Function::float_to_float);
}

}  // namespace tessera::cuda
