// The checked form of the kernels over the smaller cases of every op, and over sizes at which a
// block has several warps and its threads exchange what they have.
#include <gtest/gtest.h>

#include "tests/cuda/checked/checked_case.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/op_test.h"

namespace tessera {
namespace {

class CudaChecked : public OpTest {};

TEST_P(CudaChecked, NothingIsReported) {
  const OpCases& op = GetParam();
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (c.cpu && !c.large)
      expect_no_report(op, which, which % 2 == 0 || !c.bf16 ? DType::f32 : DType::bf16);
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, CudaChecked, testing::ValuesIn(cases_of_emulated_kernels()),
                         [](const auto& info) { return info.param.op; });

void expect_quiet(const std::string& op, Case c) {
  for (DType real : {DType::f32, DType::bf16}) expect_no_report({op, {c}, {}}, 0, real);
}

TEST(CudaCheckedSizes, Rows) {
  const Attrs eps{{"eps", 1e-5}}, last{{"dim", int64_t{1}}};
  for (int64_t n : {300, 520, 2100}) {
    const Operand x = real({3, n}), weight = single({n}), row = single({3});
    expect_quiet("layer_norm", {.in = {x, weight, weight}, .attrs = eps});
    expect_quiet("rms_norm", {.in = {x, weight}, .attrs = eps});
    expect_quiet("layer_norm_grad", {.in = {x, weight, row, row, x, x}, .attrs = {{"add", true}}});
    expect_quiet("rms_norm_grad", {.in = {x, weight, row, x}});
    for (const char* op : {"softmax", "log_softmax"}) expect_quiet(op, {.in = {x}, .attrs = last});
    for (const char* op : {"softmax_grad", "log_softmax_grad"})
      expect_quiet(op, {.in = {x, x}, .attrs = last});
    const Operand labels = integers({3}, -1, n);
    expect_quiet("cross_entropy", {.in = {x, labels, row}, .attrs = {{"label_smoothing", 0.1}}});
    expect_quiet("cross_entropy_grad", {.in = {x, labels, row, row, row}});
    expect_quiet("class_statistics", {.in = {x, labels}});
    expect_quiet("top_k", {.in = {x}, .attrs = {{"k", int64_t{5}}}});
  }
}

/// Sums of gains that do not fit into shared memory.
TEST(CudaCheckedSizes, WideNorm) {
  const int64_t n = 6200;
  const Operand x = real({2, n}), row = single({2});
  expect_quiet("layer_norm_grad", {.in = {x, single({n}), row, row, x}});
}

TEST(CudaCheckedSizes, ReductionsInParts) {
  for (const char* op : {"sum", "max", "min"}) {
    expect_quiet(op, {.in = {real({2, 5001})}, .attrs = {{"dims", Shape{1}}}});
    expect_quiet(op, {.in = {real({2, 5000})}, .attrs = {{"dims", Shape{1}}}});
    expect_quiet(op, {.in = {real({300, 33})}, .attrs = {{"dims", Shape{0}}}});
  }
  expect_quiet("sum_squares", {.in = {real({9001})}});
}

TEST(CudaCheckedSizes, EmbeddingGradient) {
  expect_quiet("embedding_grad",
               {.in = {indices({600}, 50), real({600, 300})}, .attrs = {{"vocab", int64_t{50}}}});
}

}  // namespace
}  // namespace tessera
