// embedding, embedding_grad and rotary against the reference kernels; ids that are no row;
// accumulating in place.
#include "tests/kernels/both_backends.h"

namespace tessera {
namespace {

using namespace testing;

Values ids(Shape shape, int64_t rows) {
  Values out = integers(std::move(shape), {});
  for (int64_t i = 0; i < out.type.numel(); ++i)
    out.data.push_back(i % 11 == 9 ? rows - 1 : static_cast<double>(i * i % rows));
  return out;
}

TEST(Embedding, AsTheReference) {
  for (auto [rows, width] : {std::pair{1, 1}, {3, 5}, {7, 16}, {11, 131}, {50, 768}}) {
    const Values at = ids({3, 13}, rows);
    for (DType from : {DType::f32, DType::bf16})
      for (DType to : {DType::f32, DType::bf16}) {
        const Values table = random_values(from, {rows, width}, 1);
        expect_as_reference("embedding", {{"out", std::string(to_string(to))}}, {at, table},
                            {{to, {3, 13, width}}}, 0);
      }
    for (DType dtype : {DType::f32, DType::bf16}) {
      const Values dy = random_values(dtype, {3, 13, width}, 2);
      const TensorType out{DType::f32, {rows, width}};
      expect_as_reference("embedding_grad", {{"vocab", int64_t{rows}}}, {at, dy}, {out}, 4e-6);
      const Values before = random_values(DType::f32, out.shape, 3);
      expect_as_reference("embedding_grad", {{"vocab", int64_t{rows}}, {"accumulate", true}},
                          {at, dy, before}, {out}, 4e-6, {{2, 0}});
    }
  }
}

TEST(Embedding, IdsThatAreNoRowAreSeen) {
  const Values at = integers({3}, {-1, 1, 5}), table = random_values(DType::f32, {5, 3}, 1);
  expect_as_reference("embedding", {}, {at, table}, {{DType::f32, {3, 3}}}, 0);
  const auto y = run_cpu("embedding", {}, {at, table}, {{DType::f32, {3, 3}}}, Isa::avx2)[0];
  EXPECT_TRUE(std::isnan(y[0]) && std::isfinite(y[3]) && std::isnan(y[8]));
  const Values dy = random_values(DType::f32, {3, 3}, 2);
  expect_as_reference("embedding_grad", {{"vocab", int64_t{5}}}, {at, dy}, {{DType::f32, {5, 3}}},
                      0);
}

TEST(Rotary, AsTheReference) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (std::string layout : {"half", "interleaved"})
      for (bool inverse : {false, true})
        for (Shape shape : {Shape{1, 1, 1, 2}, {2, 3, 5, 6}, {1, 4, 2, 64}, {1, 2, 1, 330}}) {
          Values positions = integers({shape[0], shape[1]}, {});
          for (int64_t i = 0; i < positions.type.numel(); ++i)
            positions.data.push_back(static_cast<double>(i % 2 ? i : 131071 - 37 * i));
          const Values x = random_values(dtype, shape, 1);
          const Attrs attrs{{"base", 10000.0}, {"layout", layout}, {"inverse", inverse}};
          expect_as_reference("rotary", attrs, {x, positions}, {x.type}, 1e-6);
          expect_as_reference("rotary", attrs, {x, positions}, {x.type}, 1e-6, {{0, 0}});
        }
}

}  // namespace
}  // namespace tessera
