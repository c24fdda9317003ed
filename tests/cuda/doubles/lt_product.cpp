// Stand-ins of cuBLASLt: the choice of an algorithm, and the product by plain loops. Whatever the
// documentation forbids is refused, with a line on standard error; so is a call that its algorithm
// was not found for.
#include <cublasLt.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "framework/core/bfloat16.h"
#include "tests/cuda/doubles/card.h"
#include "tests/cuda/doubles/lt_objects.h"
#include "tests/cuda/doubles/streams.h"

using namespace tessera::doubles;

namespace {

constexpr uint64_t kMark = 0x6461626c65, kMostWorkspace = uint64_t{1} << 20;
constexpr int kRubbish = 0xdb;

cublasStatus_t refused(const std::string& what) {
  complain("cuBLASLt: " + what);
  return CUBLAS_STATUS_INVALID_VALUE;
}

size_t size_of(cudaDataType_t type) { return type == CUDA_R_32F ? 4 : 2; }

double get(const void* data, cudaDataType_t type, int64_t at) {
  if (type == CUDA_R_32F) return static_cast<const float*>(data)[at];
  return static_cast<float>(static_cast<const tessera::bfloat16*>(data)[at]);
}

void put_number(void* data, cudaDataType_t type, int64_t at, double value) {
  if (type == CUDA_R_32F)
    static_cast<float*>(data)[at] = static_cast<float>(value);
  else
    static_cast<tessera::bfloat16*>(data)[at] = tessera::bfloat16(static_cast<float>(value));
}

double gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

/// A call with copies of all descriptions, since it runs later.
struct Call {
  LtDescription how;
  LtLayout a, b, c, d;
  float alpha, beta;
  const void *at_a, *at_b, *at_c;
  void* at_d;

  /// One matrix as doubles, column by column of op(m).
  static std::vector<double> read(const void* data, const LtLayout& m, int64_t place,
                                  bool transposed) {
    std::vector<double> out;
    out.reserve(m.rows * m.columns);
    const auto rows = static_cast<int64_t>(m.rows), columns = static_cast<int64_t>(m.columns);
    for (int64_t j = 0; j < (transposed ? rows : columns); ++j)
      for (int64_t i = 0; i < (transposed ? columns : rows); ++i)
        out.push_back(
            get(data, m.type, place * m.stride + (transposed ? j + i * m.ld : i + j * m.ld)));
    return out;
  }

  void multiply(int64_t place) const {
    const auto rows = static_cast<size_t>(d.rows), columns = static_cast<size_t>(d.columns);
    const size_t inner = LtProblem{how, a, b, c, d}.inner();
    const std::vector<double> left = read(at_a, a, place, how.trans_a != CUBLAS_OP_N),
                              right = read(at_b, b, place, how.trans_b != CUBLAS_OP_N);
    std::vector<double> sums(rows);
    for (size_t j = 0; j < columns; ++j) {
      sums.assign(rows, 0);
      for (size_t k = 0; k < inner; ++k)
        for (size_t i = 0; i < rows; ++i) sums[i] += left[k * rows + i] * right[j * inner + k];
      for (size_t i = 0; i < rows; ++i) {
        const auto row = static_cast<int64_t>(i), column = static_cast<int64_t>(j);
        double value = alpha * sums[i];
        if (beta != 0) value += beta * get(at_c, c.type, place * c.stride + row + column * c.ld);
        if (has_bias(how.epilogue)) value += get(how.bias, d.type, row);
        if (has_aux(how.epilogue)) put_number(how.aux, d.type, row + column * how.aux_ld, value);
        if (has_gelu(how.epilogue)) value = gelu(value);
        put_number(at_d, d.type, place * d.stride + row + column * d.ld, value);
      }
    }
  }
};

/// What is wrong with the addresses of a call; empty: nothing.
std::string wrong_address(const Call& call, const LtAlgorithm& algorithm) {
  struct End {
    const char* name;
    const void* at;
    const LtLayout& layout;
  };
  const End ends[] = {{"A", call.at_a, call.a},
                      {"B", call.at_b, call.b},
                      {"C", call.at_c, call.c},
                      {"D", call.at_d, call.d}};
  for (size_t i = 0; i < 4; ++i) {
    const auto& [name, at, layout] = ends[i];
    if (!is_on_card(at, static_cast<size_t>(layout.extent()) * size_of(layout.type)))
      return std::string(name) + " does not lie on the card";
    for (int64_t place = 0; place < layout.batch; ++place)
      if ((reinterpret_cast<uintptr_t>(at) +
           static_cast<uint64_t>(place * layout.stride) * size_of(layout.type)) %
              algorithm.alignment[i] !=
          0)
        return std::string(name) + " is not aligned as was said when the algorithm was chosen";
  }
  const auto overlap = [&](const End& x, const End& y) {
    const auto *p = static_cast<const char*>(x.at), *q = static_cast<const char*>(y.at);
    return p < q + y.layout.extent() * static_cast<int64_t>(size_of(y.layout.type)) &&
           q < p + x.layout.extent() * static_cast<int64_t>(size_of(x.layout.type));
  };
  if (overlap(ends[0], ends[3]) || overlap(ends[1], ends[3])) return "D overlaps an operand";
  if (overlap(ends[2], ends[3]) && !(call.at_c == call.at_d && call.c == call.d))
    return "C overlaps D, and is not D";
  if (has_bias(call.how.epilogue) && !is_on_card(call.how.bias, call.d.rows * size_of(call.d.type)))
    return "the bias does not lie on the card";
  if (has_aux(call.how.epilogue) &&
      !is_on_card(call.how.aux, call.d.rows * call.d.columns * size_of(call.d.type)))
    return "the auxiliary matrix does not lie on the card";
  return "";
}

template <typename Own, typename Handle>
const Own& own(Handle handle) {
  return *reinterpret_cast<const Own*>(handle);
}

}  // namespace

extern "C" {

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t call,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int most,
                                              cublasLtMatmulHeuristicResult_t results[],
                                              int* count) {
  *count = 0;
  const LtProblem problem{own<LtDescription>(call), own<LtLayout>(a), own<LtLayout>(b),
                          own<LtLayout>(c), own<LtLayout>(d)};
  const auto& wishes = own<LtPreference>(preference);
  if (most < 2) return refused("fewer algorithms wanted than may be refused");
  if (const std::string forbidden = problem.forbidden(); !forbidden.empty()) {
    complain("cuBLASLt: " + forbidden);
    return CUBLAS_STATUS_NOT_SUPPORTED;
  }
  if ((wishes.reductions &
       (CUBLASLT_REDUCTION_SCHEME_INPLACE | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE)) != 0)
    return refused("a reduction whose bits may differ from run to run");
  LtAlgorithm algorithm{problem.hash(), std::min(wishes.workspace, kMostWorkspace), {}, kMark};
  std::memcpy(algorithm.alignment, wishes.alignment, sizeof(algorithm.alignment));
  // The first is one that cannot be used, as the documentation allows.
  results[0] = {};
  results[0].state = CUBLAS_STATUS_NOT_SUPPORTED;
  results[1] = {};
  std::memcpy(&results[1].algo, &algorithm, sizeof(algorithm));
  results[1].workspaceSize = algorithm.workspace;
  *count = 2;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t how, const void* alpha,
                              const void* at_a, cublasLtMatrixLayout_t a, const void* at_b,
                              cublasLtMatrixLayout_t b, const void* beta, const void* at_c,
                              cublasLtMatrixLayout_t c, void* at_d, cublasLtMatrixLayout_t d,
                              const cublasLtMatmulAlgo_t* algo, void* workspace, size_t room,
                              cudaStream_t stream) {
  LtAlgorithm algorithm{};
  if (algo == nullptr) return refused("no algorithm");
  std::memcpy(&algorithm, algo, sizeof(algorithm));
  if (algorithm.mark != kMark) return refused("an algorithm that no heuristic gave");
  const Call call{own<LtDescription>(how),
                  own<LtLayout>(a),
                  own<LtLayout>(b),
                  own<LtLayout>(c),
                  own<LtLayout>(d),
                  *static_cast<const float*>(alpha),
                  *static_cast<const float*>(beta),
                  at_a,
                  at_b,
                  at_c,
                  at_d};
  const LtProblem problem{call.how, call.a, call.b, call.c, call.d};
  if (const std::string forbidden = problem.forbidden(); !forbidden.empty())
    return refused(forbidden);
  if (problem.hash() != algorithm.problem) return refused("an algorithm for another product");
  if (const std::string wrong = wrong_address(call, algorithm); !wrong.empty())
    return refused(wrong);
  if (reinterpret_cast<uintptr_t>(workspace) % 256 != 0 || room < algorithm.workspace ||
      !is_on_card(workspace, room))
    return refused("a workspace that is too small, off 256 bytes or not on the card");
  stream = find_stream(stream);
  if (stream == nullptr) return refused("a product on no stream");
  put(stream, [call, workspace, bytes = algorithm.workspace] {
    std::memset(workspace, kRubbish, bytes);
    for (int64_t place = 0; place < call.d.batch; ++place) call.multiply(place);
  });
  return CUBLAS_STATUS_SUCCESS;
}

}  // extern "C"
