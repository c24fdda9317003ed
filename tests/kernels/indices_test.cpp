// Indices come from data: one outside its dim is refused by name on both backends, before memory is
// touched.
#include "tests/kernels/run_kernel.h"

namespace tessera::testing {
namespace {

void expect_refused(std::string_view op, const Attrs& attrs, const std::vector<Values>& in,
                    const TensorType& out, std::string_view words) {
  for (KernelFactory factory : {reference_kernel(op), cpu_kernel(op)}) {
    try {
      run_kernel(factory, op, attrs, in, {out});
      ADD_FAILURE() << op << " took a bad index";
    } catch (const UserError& error) {
      EXPECT_NE(std::string(error.what()).find(op), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

const Values kX = random_values(DType::f32, {3, 4}, 1);

TEST(Indices, OutsideTheDimAreRefused) {
  const Attrs rows{{"dim", 0}};
  for (double bad : {-1.0, 3.0}) {
    const std::string words = fmt::format("index {} at place 1", bad);
    expect_refused("gather", rows, {kX, integers({2}, {0, bad})}, {DType::f32, {2, 4}}, words);
    expect_refused("take_along", rows, {kX, integers({1, 4}, {0, bad, 1, 2})}, {DType::f32, {1, 4}},
                   words);
    expect_refused("scatter_add", rows,
                   {kX, integers({2}, {0, bad}), random_values(DType::f32, {2, 4}, 2)},
                   {DType::f32, {3, 4}}, words);
  }
}

TEST(Indices, AnUpdateMustFitWhereItStarts) {
  const Values update = random_values(DType::f32, {2, 4}, 3);
  for (double bad : {-1.0, 2.0})
    expect_refused("update_slice", {{"dim", 0}}, {kX, update, integers({}, {bad})},
                   {DType::f32, {3, 4}}, fmt::format("[{}, {})", bad, bad + 2));
}

}  // namespace
}  // namespace tessera::testing
