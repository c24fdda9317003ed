#include "tests/cuda/doubles/lt_objects.h"

#include <initializer_list>

namespace tessera::doubles {

bool has_bias(uint32_t epilogue) { return (epilogue & CUBLASLT_EPILOGUE_BIAS) != 0; }
bool has_gelu(uint32_t epilogue) { return (epilogue & CUBLASLT_EPILOGUE_GELU) != 0; }
bool has_aux(uint32_t epilogue) { return (epilogue & 128) != 0; }

int64_t LtLayout::extent() const {
  return (static_cast<int64_t>(columns) - 1) * ld + static_cast<int64_t>(rows) +
         (batch - 1) * stride;
}

std::string LtProblem::forbidden() const {
  if (call.compute != CUBLAS_COMPUTE_32F || call.scale != CUDA_R_32F)
    return "a compute type other than f32";
  const bool f32 = a.type == CUDA_R_32F, bf16 = a.type == CUDA_R_16BF;
  if (a.type != b.type || c.type != d.type) return "A and B, or C and D, of different types";
  if (!f32 && !bf16) return "operands that are neither f32 nor bf16";
  if (d.type != CUDA_R_32F && !(bf16 && d.type == CUDA_R_16BF))
    return "a result of a type that these operands do not go with";
  const auto side = [](const LtLayout& m, cublasOperation_t trans, bool rows) {
    return (trans == CUBLAS_OP_N) == rows ? m.rows : m.columns;
  };
  if (side(a, call.trans_a, true) != d.rows) return "rows of op(A) that are not those of D";
  if (side(b, call.trans_b, false) != d.columns) return "columns of op(B) that are not those of D";
  if (side(a, call.trans_a, false) != side(b, call.trans_b, true))
    return "columns of op(A) that are not the rows of op(B)";
  if (c.rows != d.rows || c.columns != d.columns) return "C of another shape than D";
  for (const LtLayout* m : {&a, &b, &c, &d}) {
    if (m->rows == 0 || m->columns == 0) return "an empty matrix";
    if (m->ld < static_cast<int64_t>(m->rows)) return "a leading dimension below the rows";
    if (m->batch != d.batch) return "matrices with different batch counts";
  }
  if (d.batch > 1 && d.stride < d.ld * static_cast<int64_t>(d.columns))
    return "a batch whose results overlap";
  const uint32_t known =
      CUBLASLT_EPILOGUE_GELU_AUX | CUBLASLT_EPILOGUE_BIAS | CUBLASLT_EPILOGUE_DEFAULT;
  if ((call.epilogue & ~known) != 0) return "an epilogue that the doubles do not know";
  if ((call.epilogue & CUBLASLT_EPILOGUE_DEFAULT) != 0 &&
      call.epilogue != CUBLASLT_EPILOGUE_DEFAULT)
    return "no epilogue of the library's";
  if (has_bias(call.epilogue) && call.bias == nullptr) return "a bias without address";
  if (has_aux(call.epilogue)) {
    if (call.aux == nullptr) return "an auxiliary matrix without address";
    if (call.aux_ld % 8 != 0 || call.aux_ld < static_cast<int64_t>(d.rows))
      return "an auxiliary leading dimension that is no multiple of 8, or below the rows";
    if (reinterpret_cast<uintptr_t>(call.aux) % 16 != 0) return "an auxiliary matrix off 16 bytes";
    if (d.batch > 1) return "an auxiliary matrix of a batch without a stride";
  }
  return "";
}

uint64_t LtProblem::hash() const {
  uint64_t all = 0xcbf29ce484222325;
  const auto add = [&](uint64_t value) { all = (all ^ value) * 0x100000001b3; };
  for (const LtLayout* m : {&a, &b, &c, &d})
    for (const uint64_t value :
         {static_cast<uint64_t>(m->type), m->rows, m->columns, static_cast<uint64_t>(m->ld),
          static_cast<uint64_t>(m->batch), static_cast<uint64_t>(m->stride)})
      add(value);
  for (const uint64_t value : {static_cast<uint64_t>(call.trans_a),
                               static_cast<uint64_t>(call.trans_b), uint64_t{call.epilogue}})
    add(value);
  return all;
}

}  // namespace tessera::doubles
