#include "framework/kernels/cuda/elementwise.h"
#include "framework/kernels/cuda/shared/offset.h"
#include "framework/kernels/cuda/shared/tensors.h"

namespace tessera::cuda {
namespace {

constexpr int kThreads = 256;

__device__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }
__device__ float silu_slope(float x) {
  const float s = sigmoid(x);
  return s * (1 + x * (1 - s));
}

constexpr float kTanh = 0.797884560802865F, kCubic = 0.044715F;            // sqrt(2/π)
constexpr float kErf = 0.707106781186547F, kDensity = 0.398942280401433F;  // 1/√2, 1/sqrt(2π)

__device__ float gelu_inner(float x) { return tanhf(x * (kTanh + kTanh * kCubic * (x * x))); }
__device__ float gelu_tanh(float x) { return 0.5F * x * (1 + gelu_inner(x)); }
__device__ float gelu_tanh_slope(float x) {
  const float t = gelu_inner(x), inner_slope = kTanh + 3 * kTanh * kCubic * (x * x);
  return 0.5F * (1 + t) + 0.5F * x * ((1 - t * t) * inner_slope);
}
__device__ float gelu_erf(float x) { return 0.5F * x * (1 + erff(x * kErf)); }
__device__ float gelu_erf_slope(float x) {
  return 0.5F * (1 + erff(x * kErf)) + x * expf(-0.5F * (x * x)) * kDensity;
}

__device__ float quotient(float a, float b) { return a / b; }
/// Towards zero; what has no value is 0.
__device__ int64_t quotient(int64_t a, int64_t b) { return b == 0 ? 0 : b == -1 ? -a : a / b; }

/// A function of up to three operands of types A, B and C.
template <int operands, class A_, class B_ = A_, class C_ = B_, class Result_ = C_>
struct Signature {
  static constexpr int kOperands = operands;
  using A = A_;
  using B = B_;
  using C = C_;
  using Result = Result_;
};

#define TESSERA_FUNCTION(name, signature, type, result, value)                     \
  struct name : signature {                                                        \
    __device__ result operator()([[maybe_unused]] type a, [[maybe_unused]] type b, \
                                 [[maybe_unused]] type c) const {                  \
      return value;                                                                \
    }                                                                              \
  };
#define TESSERA_FLOATS(name, n, value) \
  TESSERA_FUNCTION(name##_row, Signature<n TESSERA_COMMA float>, float, float, value)
#define TESSERA_FORM TESSERA_FLOATS
#define TESSERA_NUMBERS(name, n, value)                                                          \
  TESSERA_FLOATS(name, n, value)                                                                 \
  TESSERA_FUNCTION(name##_of_integers_row, Signature<n TESSERA_COMMA int64_t>, int64_t, int64_t, \
                   value)
#define TESSERA_COMPARISON(name, n, value)                                                       \
  TESSERA_FUNCTION(                                                                              \
      name##_row,                                                                                \
      Signature<                                                                                 \
          n TESSERA_COMMA float TESSERA_COMMA float TESSERA_COMMA float TESSERA_COMMA int64_t>,  \
      float, int64_t, value)                                                                     \
  TESSERA_FUNCTION(name##_of_integers_row, Signature<n TESSERA_COMMA int64_t>, int64_t, int64_t, \
                   value)
#define TESSERA_COMMA ,
#include "framework/kernels/cuda/elementwise.def"
#undef TESSERA_FLOATS
#undef TESSERA_FORM
#undef TESSERA_NUMBERS
#undef TESSERA_COMPARISON

template <class From, class To>
struct Convert : Signature<1, From, From, From, To> {
  __device__ To operator()(From a, From, From) const { return static_cast<To>(a); }
};
struct IsTrue : Signature<1, float, float, float, int64_t> {
  __device__ int64_t operator()(float a, float, float) const { return a != 0; }
};
template <class T>
struct Choose : Signature<3, int64_t, T, T, T> {
  __device__ T operator()(int64_t condition, T a, T b) const { return condition != 0 ? a : b; }
};

__device__ float get(const GpuTensor& x, int64_t i, float) { return get_float(x, i); }
__device__ int64_t get(const GpuTensor& x, int64_t i, int64_t) { return get_integer(x, i); }
__device__ void set(const GpuTensor& x, int64_t i, float value) { set_float(x, i, value); }
__device__ void set(const GpuTensor& x, int64_t i, int64_t value) { set_integer(x, i, value); }

// Casts from or to f64 go through double.
__device__ double get(const GpuTensor& x, int64_t i, double) {
  switch (x.element) {
    case Element::f64:
      return static_cast<const double*>(x.at)[i];
    case Element::f32:
    case Element::bf16:
      return get_float(x, i);
    default:
      return static_cast<double>(get_integer(x, i));
  }
}
__device__ void set(const GpuTensor& x, int64_t i, double value) {
  switch (x.element) {
    case Element::f64:
      static_cast<double*>(x.at)[i] = value;
      return;
    case Element::f32:
    case Element::bf16:
      return set_float(x, i, static_cast<float>(value));
    case Element::boolean:
      return set_integer(x, i, value != 0);
    default:
      set_integer(x, i, static_cast<int64_t>(value));
  }
}

__device__ void get_together(const GpuTensor& x, int64_t i, int count, float (&v)[kVector]) {
  get_floats(x, i, count, true, v);
}
template <class T>
__device__ void get_together(const GpuTensor& x, int64_t i, int count, T (&v)[kVector]) {
#pragma unroll
  for (int j = 0; j < kVector; ++j) v[j] = j < count ? get(x, i + j, T{}) : 0;
}
__device__ void set_together(const GpuTensor& y, int64_t i, int count, const float (&v)[kVector]) {
  set_floats(y, i, count, true, v);
}
template <class T>
__device__ void set_together(const GpuTensor& y, int64_t i, int count, const T (&v)[kVector]) {
#pragma unroll
  for (int j = 0; j < kVector; ++j)
    if (j < count) set(y, i + j, v[j]);
}

/// Operand k at elements [first, first + count) of the result; the rest is 0.
template <class T>
__device__ void read_operand(const ElementwiseTask& task, int k, int64_t first, int count,
                             T (&v)[kVector]) {
  const GpuTensor& x = task.in[k];
  const int64_t from = offset_of(task.dims, k, first);
  if (task.dims.strides[k][task.dims.rank - 1] != 0) return get_together(x, from, count, v);
  const T same = get(x, from, T{});
#pragma unroll
  for (int j = 0; j < kVector; ++j) v[j] = same;
}

/// For tasks that are packed: a thread makes a vector.
template <class F>
__global__ void __launch_bounds__(kThreads) elementwise_packed(ElementwiseTask task) {
  const int64_t first = (gpu::block_index() * kThreads + gpu::thread_index()) * kVector;
  if (first >= task.count) return;
  const int count = vector_count(first, task.count);
  typename F::A a[kVector] = {};
  typename F::B b[kVector] = {};
  typename F::C c[kVector] = {};
  typename F::Result y[kVector];
  read_operand(task, 0, first, count, a);
  if constexpr (F::kOperands > 1) read_operand(task, 1, first, count, b);
  if constexpr (F::kOperands > 2) read_operand(task, 2, first, count, c);
#pragma unroll
  for (int j = 0; j < kVector; ++j) y[j] = F()(a[j], b[j], c[j]);
  set_together(task.out, first, count, y);
}

/// For all others: a thread makes one element.
template <class F>
__global__ void __launch_bounds__(kThreads) elementwise_single(ElementwiseTask task) {
  const int64_t i = gpu::block_index() * kThreads + gpu::thread_index();
  if (i >= task.count) return;
  typename F::B b = {};
  typename F::C c = {};
  const auto a = get(task.in[0], offset_of(task.dims, 0, i), typename F::A{});
  if constexpr (F::kOperands > 1) b = get(task.in[1], offset_of(task.dims, 1, i), b);
  if constexpr (F::kOperands > 2) c = get(task.in[2], offset_of(task.dims, 2, i), c);
  set(task.out, i, F()(a, b, c));
}

template <class F>
void run(gpu::StreamHandle stream, const char* name, const ElementwiseTask& task) {
  const int64_t block = kThreads * (task.packed ? kVector : 1);
  gpu::launch({name, stream, (task.count + block - 1) / block, kThreads},
              task.packed ? elementwise_packed<F> : elementwise_single<F>, task);
}

}  // namespace

void run_elementwise(gpu::StreamHandle stream, Function function, const ElementwiseTask& task) {
#define TESSERA_RUN(name) \
  case Function::name:    \
    return run<name##_row>(stream, #name, task);
#define TESSERA_FLOATS(name, operands, value) TESSERA_RUN(name)
#define TESSERA_FORM(name, operands, value) TESSERA_RUN(name)
#define TESSERA_NUMBERS(name, operands, value) TESSERA_RUN(name) TESSERA_RUN(name##_of_integers)
#define TESSERA_COMPARISON(name, operands, value) TESSERA_RUN(name) TESSERA_RUN(name##_of_integers)
  switch (function) {
#include "framework/kernels/cuda/elementwise.def"
    case Function::float_to_float:
      return run<Convert<float, float>>(stream, "cast", task);
    case Function::float_to_integer:
      return run<Convert<float, int64_t>>(stream, "cast", task);
    case Function::float_to_boolean:
      return run<IsTrue>(stream, "cast", task);
    case Function::integer_to_float:
      return run<Convert<int64_t, float>>(stream, "cast", task);
    case Function::integer_to_integer:
      return run<Convert<int64_t, int64_t>>(stream, "cast", task);
    case Function::through_double:
      return run<Convert<double, double>>(stream, "cast", task);
    case Function::where:
      return run<Choose<float>>(stream, "where", task);
    case Function::where_of_integers:
      return run<Choose<int64_t>>(stream, "where", task);
  }
}

}  // namespace tessera::cuda
