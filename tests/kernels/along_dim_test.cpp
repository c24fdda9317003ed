// softmax, log_softmax and their gradients against double along any dim, with huge and lonely
// elements.
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

/// f(row in double) -> row, along dim `dim` of x.
template <class F>
std::vector<double> along(const std::vector<Values>& in, int64_t dim, F f) {
  const Shape& shape = in[0].type.shape;
  int64_t inner = 1;
  for (size_t d = static_cast<size_t>(dim) + 1; d < shape.size(); ++d) inner *= shape[d];
  const int64_t n = shape[static_cast<size_t>(dim)], rows = in[0].type.numel() / n;
  std::vector<double> out(in[0].data.size());
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r / inner * n * inner + r % inner;
    std::vector<std::vector<double>> row(in.size());
    for (size_t k = 0; k < in.size(); ++k)
      for (int64_t i = 0; i < n; ++i)
        row[k].push_back(in[k].data[static_cast<size_t>(at + i * inner)]);
    const std::vector<double> result = f(row);
    for (int64_t i = 0; i < n; ++i)
      out[static_cast<size_t>(at + i * inner)] = result[static_cast<size_t>(i)];
  }
  return out;
}

double log_sum(const std::vector<double>& x) {
  double most = -INFINITY, sum = 0;
  for (double v : x) most = std::max(most, v);
  for (double v : x) sum += std::exp(v - most);
  return most + std::log(sum);
}

std::vector<double> softmax(std::vector<double> x) {
  const double total = log_sum(x);
  for (double& v : x) v = std::exp(v - total);
  return x;
}
std::vector<double> log_softmax(std::vector<double> x) {
  const double total = log_sum(x);
  for (double& v : x) v -= total;
  return x;
}

void expect_along(const Values& x, int64_t dim, double near) {
  const Attrs attrs{{"dim", dim - x.type.rank()}};
  if (x.type.dtype == DType::bf16) near = 0x1p-8;
  const Values dy = random_values(x.type.dtype, x.type.shape, 9);
  const auto soft = along({x}, dim, [](const auto& row) { return softmax(row[0]); });
  const auto logs = along({x}, dim, [](const auto& row) { return log_softmax(row[0]); });
  Values y{x.type, soft}, z{x.type, logs};
  for (double& v : y.data) v = rounded(x.type.dtype, v);
  for (double& v : z.data) v = rounded(x.type.dtype, v);
  const auto dsoft = along({y, dy}, dim, [](const auto& row) {
    double sum = 0;
    std::vector<double> d;
    for (size_t i = 0; i < row[0].size(); ++i) sum += row[0][i] * row[1][i];
    for (size_t i = 0; i < row[0].size(); ++i) d.push_back(row[0][i] * (row[1][i] - sum));
    return d;
  });
  const auto dlogs = along({z, dy}, dim, [](const auto& row) {
    double sum = 0;
    std::vector<double> d;
    for (double v : row[1]) sum += v;
    for (size_t i = 0; i < row[0].size(); ++i) d.push_back(row[1][i] - std::exp(row[0][i]) * sum);
    return d;
  });
  for (Isa isa : isas_here()) {
    SCOPED_TRACE(fmt::format("{} dim {} on {}", to_string(x.type), dim, to_string(isa)));
    EXPECT_LE(largest_difference(run_cpu("softmax", attrs, {x}, {x.type}, isa)[0], soft), near);
    EXPECT_LE(largest_difference(run_cpu("softmax", attrs, {x}, {x.type}, isa, {{0, 0}})[0], soft),
              near);
    EXPECT_LE(largest_difference(run_cpu("log_softmax", attrs, {x}, {x.type}, isa)[0], logs), near);
    EXPECT_LE(largest_difference(run_cpu("softmax_grad", attrs, {y, dy}, {x.type}, isa)[0], dsoft),
              near);
    EXPECT_LE(
        largest_difference(run_cpu("log_softmax_grad", attrs, {z, dy}, {x.type}, isa)[0], dlogs),
        4 * near);
  }
}

TEST(AlongDim, AgainstDouble) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (Shape shape : {Shape{1}, {17}, {3, 5}, {2, 33, 4}, {40, 129}, {2, 1, 3, 50}})
      for (int64_t dim = 0; dim < static_cast<int64_t>(shape.size()); ++dim)
        expect_along(random_values(dtype, shape, 1, 3), dim, 2e-6);
}

TEST(AlongDim, HugeElements) {
  Values x = random_values(DType::f32, {3, 35}, 1, 3);
  for (size_t i = 0; i < 35; ++i) {
    x.data[i] = rounded(DType::f32, x.data[i] + 1000);
    x.data[35 + i] = rounded(DType::f32, x.data[35 + i] - 1e5);
    x.data[70 + i] = i == 20 ? 1.0 : -INFINITY;
  }
  const auto soft = along({x}, 1, [](const auto& row) { return softmax(row[0]); });
  for (Isa isa : isas_here())
    EXPECT_LE(
        largest_difference(run_cpu("softmax", {{"dim", int64_t{1}}}, {x}, {x.type}, isa)[0], soft),
        1e-6);
}

}  // namespace
}  // namespace tessera
