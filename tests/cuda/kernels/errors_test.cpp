// What CUDA kernels refuse: types and sizes when they are prepared, indices when they run.
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

std::string error_of(const std::string& op, const std::vector<Tensor>& in, const Attrs& attrs) {
  Tensors inputs;
  std::vector<TensorType> types;
  for (const Tensor& tensor : in) {
    inputs[fmt::format("in{}", types.size())] = tensor;
    types.push_back(tensor.type());
  }
  try {
    evaluate_emulated(forward_graph(op_of(op), types, attrs), inputs);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

Tensor zeros(DType dtype, Shape shape) { return Tensor(TensorType{dtype, std::move(shape)}); }

Tensor list(const std::vector<int32_t>& values) {
  return Tensor::of<int32_t>(DType::i32, {static_cast<int64_t>(values.size())}, values);
}

TEST(CudaErrors, IndicesOutsideTheirDim) {
  const Tensor x = zeros(DType::f32, {3, 4});
  const Attrs first{{"dim", int64_t{0}}};
  for (int32_t bad : {-1, 3, INT32_MIN, INT32_MAX}) {
    EXPECT_EQ(error_of("gather", {x, list({0, bad})}, first),
              "gather: an index is not inside its dim");
    EXPECT_EQ(error_of("scatter_add", {x, list({bad}), zeros(DType::f32, {1, 4})}, first),
              "scatter_add: an index is not inside its dim");
    EXPECT_EQ(
        error_of("take_along",
                 {x, Tensor::of<int32_t>(DType::i32, {1, 4}, std::vector<int32_t>{0, 1, 2, bad})},
                 first),
        "take_along: an index is not inside its dim");
    EXPECT_EQ(error_of("update_slice",
                       {x, zeros(DType::f32, {1, 4}), Tensor::scalar(DType::i32, bad)}, first),
              "update_slice: a start leaves no room for the update");
  }
  EXPECT_EQ(error_of("gather", {x, list({0, 2})}, first), "");
}

TEST(CudaErrors, TypesThatHaveNoKernel) {
  const Tensor x = zeros(DType::f64, {3, 4});
  const Attrs last{{"dim", int64_t{1}}};
  EXPECT_EQ(error_of("exp", {x}, {}), "the cuda backend has no exp of f64");
  EXPECT_EQ(error_of("add", {x, x}, {}), "the cuda backend has no add of f64");
  EXPECT_EQ(error_of("softmax", {x}, last), "the cuda backend has no softmax of f64");
  EXPECT_EQ(error_of("sum", {x}, {}), "the cuda backend has no sum of f64");
  EXPECT_EQ(error_of("cumsum", {x}, last), "the cuda backend has no cumsum of f64");
}

TEST(CudaErrors, DimsThatDoNotLieTogether) {
  const Tensor x = zeros(DType::f32, {2, 3, 2, 3, 2, 3, 2});
  const Shape turned{6, 5, 4, 3, 2, 1, 0};
  EXPECT_EQ(error_of("transpose", {x}, {{"perm", turned}}),
            "the cuda backend's transpose takes 6 dims that do not lie together, not 7: reshape "
            "before it");
  const Tensor fewer = zeros(DType::f32, {2, 3, 2, 3, 2, 3, 1});
  EXPECT_EQ(error_of("transpose", {fewer}, {{"perm", turned}}), "");
}

TEST(CudaErrors, HeadsThatAreTooWide) {
  const Attrs attrs{{"base", 10000.0}, {"layout", "half"}};
  const Tensor positions = zeros(DType::i32, {1, 1});
  EXPECT_EQ(error_of("rotary", {zeros(DType::f32, {1, 1, 1, 514}), positions}, attrs),
            "the cuda backend turns heads of at most 512 elements, not 514");
  EXPECT_EQ(error_of("rotary", {zeros(DType::f32, {1, 1, 1, 512}), positions}, attrs), "");
  const Tensor q = zeros(DType::f32, {1, 1, 1, 1024});
  const Attrs mask{{"causal", false}, {"window", int64_t{0}}, {"scale", 1.0}};
  EXPECT_EQ(error_of("attention", {q, q, q}, mask),
            "the cuda backend has no attention of heads as wide as 1024");
}

}  // namespace
}  // namespace tessera
