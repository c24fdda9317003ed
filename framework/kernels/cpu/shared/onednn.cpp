#include "framework/kernels/cpu/shared/onednn.h"

#include <algorithm>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/one_thread.h"
#include "framework/core/threads.h"

namespace tessera::cpu {
namespace {

using Desc = dnnl::memory::desc;

constexpr bool kVersion3 = DNNL_VERSION_MAJOR >= 3;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::memory::data_type type_of(DType dtype) {
  if (dtype == DType::f32) return dnnl::memory::data_type::f32;
  if (dtype == DType::bf16) return dnnl::memory::data_type::bf16;
  internal_error("oneDNN is not used for {}", dtype);
}

Desc desc_of(const Strided& tensor) {
  return Desc(tensor.dims, type_of(tensor.dtype), tensor.strides);
}

Desc bias_desc(DType dtype, size_t rank, int64_t n) {
  Shape dims(rank, 1), strides(rank, n);
  dims.back() = n;
  strides.back() = 1;
  return desc_of({dtype, dims, strides});
}

dnnl::primitive_attr attributes_of(const MatmulProblem& problem) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops ops;
  if (problem.residual)
    ops.append_binary(dnnl::algorithm::binary_add,
                      desc_of({*problem.residual, problem.c.dims, problem.c.strides}));
  if (problem.accumulate) ops.append_sum(1.0f);
  if (ops.len() > 0) attributes.set_post_ops(ops);
  return attributes;
}

dnnl::matmul::primitive_desc describe(const MatmulProblem& problem) {
  const Desc a = desc_of(problem.a), b = desc_of(problem.b), c = desc_of(problem.c);
  const dnnl::primitive_attr attributes = attributes_of(problem);
  const Desc bias = problem.bias
                        ? bias_desc(*problem.bias, problem.c.dims.size(), problem.c.dims.back())
                        : Desc();
#if DNNL_VERSION_MAJOR >= 3
  return problem.bias ? dnnl::matmul::primitive_desc(engine(), a, b, bias, c, attributes)
                      : dnnl::matmul::primitive_desc(engine(), a, b, c, attributes);
#else
  return problem.bias
             ? dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, bias, c), attributes, engine())
             : dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), attributes, engine());
#endif
}

/// Whether the product is c (M, N) f32 = aᵀ · b of bf16 matrices stored (K, M) and (K, N): a
/// weight gradient, for which the library's own primitive is 5 % faster than its matmul, without
/// AMX.
bool is_weight_gradient(const MatmulProblem& problem) {
  const auto is = [](const Strided& t, DType dtype) {
    return t.dtype == dtype && t.dims.size() == 2;
  };
  return !kVersion3 && dnnl::get_effective_cpu_isa() == dnnl::cpu_isa::avx512_core_bf16 &&
         is(problem.a, DType::bf16) && is(problem.b, DType::bf16) && is(problem.c, DType::f32) &&
         problem.a.strides[0] == 1 && problem.a.strides[1] == problem.a.dims[0] &&
         problem.b.strides[1] == 1 && problem.b.strides[0] == problem.b.dims[1] &&
         problem.c.strides[1] == 1 && problem.c.strides[0] == problem.c.dims[1] &&
         !problem.accumulate && !problem.bias && !problem.residual && problem.a.dims[0] >= 64 &&
         problem.b.dims[1] >= 64;
}

}  // namespace

struct PreparedMatmul::State {
  dnnl::stream stream{engine()};
  dnnl::primitive primitive;
  std::string implementation;
  size_t scratch_bytes = 0;
  // a, b, c, scratch, then bias and residual where present.
  std::vector<dnnl::memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;
  bool has_bias = false, has_residual = false;

  void bind(int argument, const Desc& desc) {
    memories.emplace_back(desc, engine(), nullptr);
    arguments.push_back({argument, memories.back().get()});
  }
  void take_scratch(const Desc& desc, const char* name) {
    scratch_bytes = desc.get_size();
    implementation = name;
    bind(DNNL_ARG_SCRATCHPAD, desc);
  }

  void prepare_matmul(const MatmulProblem& problem) {
    const dnnl::matmul::primitive_desc description = describe(problem);
    primitive = dnnl::matmul(description);
    bind(DNNL_ARG_SRC, description.src_desc());
    bind(DNNL_ARG_WEIGHTS, description.weights_desc());
    bind(DNNL_ARG_DST, description.dst_desc());
    take_scratch(description.scratchpad_desc(), description.impl_info_str());
    if (problem.bias) bind(DNNL_ARG_BIAS, description.bias_desc());
    if (problem.residual)
      bind(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
           desc_of({*problem.residual, problem.c.dims, problem.c.strides}));
    has_bias = problem.bias.has_value();
    has_residual = problem.residual.has_value();
  }

  void prepare_weight_gradient([[maybe_unused]] const MatmulProblem& problem) {
#if DNNL_VERSION_MAJOR < 3
    using Tag = dnnl::memory::format_tag;
    const int64_t m = problem.c.dims[0], n = problem.c.dims[1], k = problem.a.dims[1];
    const auto bf16 = dnnl::memory::data_type::bf16, f32 = dnnl::memory::data_type::f32;
    const Desc source({k, n}, bf16, Tag::ab), result({k, m}, bf16, Tag::ab),
        weights({m, n}, f32, Tag::ab);
    const dnnl::inner_product_forward::primitive_desc hint(
        {dnnl::prop_kind::forward_training, source, Desc({m, n}, bf16, Tag::ab), result}, engine());
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::inner_product_backward_weights::primitive_desc description(
        {source, weights, result}, attributes, engine(), hint);
    primitive = dnnl::inner_product_backward_weights(description);
    bind(DNNL_ARG_DIFF_DST, result);
    bind(DNNL_ARG_SRC, source);
    bind(DNNL_ARG_DIFF_WEIGHTS, weights);
    take_scratch(description.scratchpad_desc(), description.impl_info_str());
#endif
  }
};

PreparedMatmul::PreparedMatmul(const MatmulProblem& problem) : state_(std::make_shared<State>()) {
  check(problem.a.dims.size() == problem.c.dims.size() &&
            problem.b.dims.size() == problem.c.dims.size(),
        "a matrix product of ranks {}, {} and {}", problem.a.dims.size(), problem.b.dims.size(),
        problem.c.dims.size());
  state_->memories.reserve(6);
  try {
    is_weight_gradient(problem) ? state_->prepare_weight_gradient(problem)
                                : state_->prepare_matmul(problem);
  } catch (const dnnl::error& error) {
    internal_error("oneDNN {} has no matrix product of {} {} and {} {} to {}: {}", onednn_version(),
                   to_string(problem.a.dims), problem.a.dtype, to_string(problem.b.dims),
                   problem.b.dtype, problem.c.dtype, error.message);
  }
}

size_t PreparedMatmul::scratch_bytes() const { return state_->scratch_bytes; }

const std::string& PreparedMatmul::implementation() const { return state_->implementation; }

void PreparedMatmul::run(const Buffers& buffers) const {
  State& state = *state_;
  size_t next = 0;
  const auto set = [&](const void* data) {
    state.memories[next++].set_data_handle(const_cast<void*>(data));
  };
  set(buffers.a);
  set(buffers.b);
  set(buffers.c);
  set(buffers.scratch);
  if (state.has_bias) set(buffers.bias);
  if (state.has_residual) set(buffers.residual);
  const dnnl_status_t status =
      dnnl_primitive_execute(state.primitive.get(), state.stream.get(),
                             static_cast<int>(state.arguments.size()), state.arguments.data());
  check(status == dnnl_success, "oneDNN failed to run {} (status {})", state.implementation,
        static_cast<int>(status));
  state.stream.wait();
}

void sgemm(int64_t m, int64_t n, int64_t k, MatrixView a, MatrixView b, bool accumulate, float* c,
           int64_t c_stride) {
  const auto multiply = [&](int64_t rows, int64_t columns, const float* left, const float* right,
                            float* to) {
    const dnnl_status_t status =
        dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', rows, columns, k, 1.0f, left,
                   a.stride, right, b.stride, accumulate ? 1.0f : 0.0f, to, c_stride);
    check(status == dnnl_success, "oneDNN failed to multiply ({}, {}) by ({}, {}) (status {})",
          rows, k, k, columns, static_cast<int>(status));
  };
  static const bool library_keeps_bits =
      dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core;
  if (library_keeps_bits) return multiply(m, n, a.data, b.data, c);
  // Below AVX-512 the library may cut the sum by the number of threads, so the product is cut into
  // blocks of a fixed size, each computed by one thread.
  constexpr int64_t kBlock = 128;
  const bool by_rows = m >= n;
  const int64_t size = by_rows ? m : n;
  parallel_for((size + kBlock - 1) / kBlock, 1, [&](int64_t first, int64_t last, int) {
    const OneThread alone;
    for (int64_t block = first; block < last; ++block) {
      const int64_t begin = block * kBlock, count = std::min(kBlock, size - begin);
      if (by_rows)
        multiply(count, n, a.data + begin * (a.transposed ? 1 : a.stride), b.data,
                 c + begin * c_stride);
      else
        multiply(m, count, a.data, b.data + begin * (b.transposed ? b.stride : 1), c + begin);
    }
  });
}

bool set_isa_cap(Isa isa) {
  const auto cap = [](dnnl::cpu_isa value) {
    return dnnl::set_max_cpu_isa(value) == dnnl::status::success;
  };
  switch (isa) {
    case Isa::sse41:
      return cap(dnnl::cpu_isa::sse41);
    case Isa::avx2:
      return cap(dnnl::cpu_isa::avx2);
    case Isa::avx512:
      return cap(dnnl::cpu_isa::avx512_core_vnni);
    case Isa::avx512_bf16:
      return cap(dnnl::cpu_isa::avx512_core_bf16);
    case Isa::amx:
      return true;
  }
  return false;
}

std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

bool onednn_multiplies_bf16() {
  const auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  const auto needed = static_cast<unsigned>(dnnl::cpu_isa::avx512_core);
  return (isa & needed) == needed;
}

}  // namespace tessera::cpu
