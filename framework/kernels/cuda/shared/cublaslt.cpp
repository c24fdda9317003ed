#include "framework/kernels/cuda/shared/cublaslt.h"

#include <cublasLt.h>

#include <array>
#include <limits>

#include "framework/core/error.h"

namespace tessera::cuda {
namespace {

void check_lt(cublasStatus_t status, const char* doing) {
  check(status == CUBLAS_STATUS_SUCCESS, "cuBLASLt failed at {}: {}", doing,
        cublasLtGetStatusString(status));
}

/// The library's handle, one for the process; the card is the calling thread's.
cublasLtHandle_t handle() {
  static const cublasLtHandle_t made = [] {
    cublasLtHandle_t out = nullptr;
    const cublasStatus_t status = cublasLtCreate(&out);
    require(status == CUBLAS_STATUS_SUCCESS,
            "cuBLASLt cannot start on this card ({}): its libraries must be those of the toolkit "
            "that Tessera was built with, and some hundred MiB of the card must be free",
            cublasLtGetStatusString(status));
    return out;
  }();
  return made;
}

cudaDataType_t data_type(DType dtype) {
  require(dtype == DType::f32 || dtype == DType::bf16, "the cuda backend has no matmul of {}",
          dtype);
  return dtype == DType::f32 ? CUDA_R_32F : CUDA_R_16BF;
}

struct Destroy {
  void operator()(cublasLtMatmulDesc_t p) const { cublasLtMatmulDescDestroy(p); }
  void operator()(cublasLtMatrixLayout_t p) const { cublasLtMatrixLayoutDestroy(p); }
  void operator()(cublasLtMatmulPreference_t p) const { cublasLtMatmulPreferenceDestroy(p); }
};
template <typename Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy>;

using Description = Owned<cublasLtMatmulDesc_t>;
using Matrix = Owned<cublasLtMatrixLayout_t>;
using Preference = Owned<cublasLtMatmulPreference_t>;

template <typename T>
void set(const Description& to, cublasLtMatmulDescAttributes_t attribute, const T& value) {
  check_lt(cublasLtMatmulDescSetAttribute(to.get(), attribute, &value, sizeof(value)),
           "describing a product");
}
template <typename T>
void set(const Matrix& to, cublasLtMatrixLayoutAttribute_t attribute, const T& value) {
  check_lt(cublasLtMatrixLayoutSetAttribute(to.get(), attribute, &value, sizeof(value)),
           "describing a matrix");
}
template <typename T>
void set(const Preference& to, cublasLtMatmulPreferenceAttributes_t attribute, const T& value) {
  check_lt(cublasLtMatmulPreferenceSetAttribute(to.get(), attribute, &value, sizeof(value)),
           "stating what an algorithm may do");
}

/// A matrix of `rows` x `columns` as it is stored, row-major: for the library it has `columns`
/// rows.
Matrix matrix(DType dtype, int64_t rows, int64_t columns, int64_t batch, int64_t stride) {
  cublasLtMatrixLayout_t made = nullptr;
  check_lt(cublasLtMatrixLayoutCreate(&made, data_type(dtype), static_cast<uint64_t>(columns),
                                      static_cast<uint64_t>(rows), columns),
           "describing a matrix");
  Matrix out(made);
  if (batch > 1) {
    set(out, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<int32_t>(batch));
    set(out, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, stride);
  }
  return out;
}

cublasLtEpilogue_t epilogue(const ProductForm& form) {
  uint32_t out = CUBLASLT_EPILOGUE_DEFAULT;
  if (form.gelu) out = form.keeps_pre ? CUBLASLT_EPILOGUE_GELU_AUX : CUBLASLT_EPILOGUE_GELU;
  if (form.bias)
    out = (out == CUBLASLT_EPILOGUE_DEFAULT ? 0U : out) | uint32_t{CUBLASLT_EPILOGUE_BIAS};
  return static_cast<cublasLtEpilogue_t>(out);
}

Description description(const ProductForm& form) {
  cublasLtMatmulDesc_t made = nullptr;
  check_lt(cublasLtMatmulDescCreate(&made, CUBLAS_COMPUTE_32F, CUDA_R_32F), "describing a product");
  Description out(made);
  // The library's first operand is b.
  set(out, CUBLASLT_MATMUL_DESC_TRANSA, form.trans_b ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(out, CUBLASLT_MATMUL_DESC_TRANSB, form.trans_a ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(out, CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue(form));
  // The addresses are not known yet; the library asks them how they are aligned.
  const auto somewhere = reinterpret_cast<void*>(form.alignment);
  if (form.bias) set(out, CUBLASLT_MATMUL_DESC_BIAS_POINTER, somewhere);
  if (form.keeps_pre) {
    set(out, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, somewhere);
    set(out, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, form.n);
  }
  return out;
}

Preference preference(const ProductForm& form) {
  cublasLtMatmulPreference_t made = nullptr;
  check_lt(cublasLtMatmulPreferenceCreate(&made), "stating what an algorithm may do");
  Preference out(made);
  set(out, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, uint64_t{Product::kWorkspaceBytes});
  // In place and in the output's type, partial sums would be rounded, and added as they come.
  set(out, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
      uint32_t{CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE});
  const auto alignment = static_cast<uint32_t>(form.alignment);
  for (const auto which :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
    set(out, which, alignment);
  return out;
}

void check_form(const ProductForm& form) {
  require(form.operands == form.result || form.operands == DType::bf16,
          "the cuda backend has no matmul of {} to {}", form.operands, form.result);
  require(form.batch <= std::numeric_limits<int32_t>::max(),
          "the cuda backend multiplies at most 2^31 matrices at once, not {}", form.batch);
  check(form.m > 0 && form.n > 0 && form.k > 0 && form.batch > 0, "an empty matrix product");
  check(!form.keeps_pre || (form.gelu && form.n % 8 == 0 && form.batch == 1),
        "the argument of gelu cannot be kept in this form");
}

}  // namespace

struct Product::Prepared {
  explicit Prepared(const ProductForm& of) : form(of) {}

  const ProductForm form;
  Description call = description(form);
  // As stored: a is (m, k) or (k, m), b is (k, n) or (n, k).
  Matrix a = matrix(form.operands, form.trans_a ? form.k : form.m, form.trans_a ? form.m : form.k,
                    form.batch, form.stride_a);
  Matrix b = matrix(form.operands, form.trans_b ? form.n : form.k, form.trans_b ? form.k : form.n,
                    form.batch, form.stride_b);
  Matrix d = matrix(form.result, form.m, form.n, form.batch, form.stride_d);
  cublasLtMatmulAlgo_t algorithm{};
  // Where the description says that they are.
  const void* bias = nullptr;
  void* pre = nullptr;
};

Product::Product(const ProductForm& form) {
  check_form(form);
  prepared_ = std::make_shared<Prepared>(form);
  Prepared& p = *prepared_;
  std::array<cublasLtMatmulHeuristicResult_t, 8> found{};
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      handle(), p.call.get(), p.b.get(), p.a.get(), p.d.get(), p.d.get(), preference(form).get(),
      static_cast<int>(found.size()), found.data(), &count);
  for (int i = 0; status == CUBLAS_STATUS_SUCCESS && i < count; ++i) {
    const auto& candidate = found[static_cast<size_t>(i)];
    if (candidate.state != CUBLAS_STATUS_SUCCESS || candidate.workspaceSize > kWorkspaceBytes)
      continue;
    p.algorithm = candidate.algo;
    return;
  }
  user_error(
      "cuBLASLt {} has no algorithm for a product ({} x {}) · ({} x {}) of {} to {} within {} MiB "
      "({})",
      cublaslt_version(), form.m, form.k, form.k, form.n, form.operands, form.result,
      kWorkspaceBytes >> 20, cublasLtGetStatusString(status));
}

void Product::run(const ProductPointers& at, cudaStream_t stream) const {
  Prepared& p = *prepared_;
  // A plan calls with the same addresses every time.
  if (p.form.bias && at.bias != p.bias)
    set(p.call, CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias = at.bias);
  if (p.form.keeps_pre && at.pre != p.pre)
    set(p.call, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, p.pre = at.pre);
  const float alpha = 1, beta = p.form.adds_c ? 1 : 0;
  void* workspace = at.scratch;
  size_t room = kScratchBytes;
  workspace = std::align(kWorkspaceAlignment, kWorkspaceBytes, workspace, room);
  check_lt(cublasLtMatmul(handle(), p.call.get(), &alpha, at.b, p.b.get(), at.a, p.a.get(), &beta,
                          p.form.adds_c ? at.c : at.d, p.d.get(), at.d, p.d.get(), &p.algorithm,
                          workspace, kWorkspaceBytes, stream),
           "multiplying");
}

std::string cublaslt_version() {
  const size_t number = cublasLtGetVersion();  // 130100, and 12.4: 120405
  return fmt::format("{}.{}.{}", number / 10000, number / 100 % 100, number % 100);
}

}  // namespace tessera::cuda
