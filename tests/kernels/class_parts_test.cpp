// embedding and the loss on parts of the vocabulary: put together, they are what the whole gives.
#include "tests/kernels/parts.h"

namespace tessera {
namespace {

using namespace testing;

std::vector<double> sum_of(std::vector<double> a, const std::vector<double>& b) {
  for (size_t i = 0; i < b.size(); ++i) a[i] += b[i];
  return a;
}

/// Ids of every part, and two that are no row.
Values ids_of(int64_t rows) {
  const auto last = static_cast<double>(rows - 1);
  return integers({2, 4},
                  {0, last, -1, std::floor(last / 2), 1, last + 1, std::floor(last / 3), last});
}

TEST(ClassParts, EmbeddingSumsUp) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (const std::vector<size_t>& dims : {std::vector<size_t>{0}, {0, 1}})
      for (const Runner& runner : runners("embedding")) {
        const Values ids = ids_of(11), table = random_values(dtype, {11, 37}, 1);
        const Shape whole{2, 4, 37};
        const auto want =
            run_kernel(runner.factory, "embedding", {}, {ids, table}, {{dtype, whole}}, runner.isa);
        const auto pieces = pieces_of({11, 37}, dims);
        for (const Piece& low : pieces)
          for (const Piece& high : pieces) {
            if (low.origin[0] >= high.origin[0] || low.origin[1] != high.origin[1]) continue;
            const Shape local{2, 4, low.size[1]};
            const auto run = [&](const Piece& piece) {
              const Attrs attrs{{"whole", Shape{11}}, {"origin", Shape{piece.origin[0]}}};
              return run_kernel(runner.factory, "embedding", attrs, {ids, slice_of(table, piece)},
                                {{dtype, local}}, runner.isa)[0];
            };
            const auto first = run(low), second = run(high);
            expect_same(sum_of(first, second),
                        slice_of(want[0], whole, {{0, 0, low.origin[1]}, local}));
            const auto width = static_cast<size_t>(local[2]);
            EXPECT_EQ(second[0], 0) << "a row of the other part";
            EXPECT_EQ(first[width], 0) << "a row of the other part";
            EXPECT_TRUE(std::isnan(first[2 * width]) && std::isnan(second[5 * width]));
          }
      }
}

TEST(ClassParts, EmbeddingGradFallsApart) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (bool accumulate : {false, true})
      for (const Runner& runner : runners("embedding_grad")) {
        const Shape whole{11, 37};
        const Values ids = ids_of(11), dy = random_values(dtype, {2, 4, 37}, 1),
                     before = random_values(DType::f32, whole, 2);
        const auto run = [&](Attrs attrs, Values cotangent, const Values& base) {
          attrs.set("vocab", base.type.shape[0]);
          attrs.set("accumulate", accumulate);
          std::vector<Values> in{ids, std::move(cotangent)};
          std::vector<std::pair<size_t, size_t>> donated;
          if (accumulate) in.push_back(base), donated = {{2, 0}};
          return run_kernel(runner.factory, "embedding_grad", attrs, in, {base.type}, runner.isa,
                            donated)[0];
        };
        const auto want = run({}, dy, before);
        for (const std::vector<size_t>& dims : {std::vector<size_t>{0}, {0, 1}})
          for (const Piece& piece : pieces_of(whole, dims)) {
            const Values columns =
                slice_of(dy, Piece{{0, 0, piece.origin[1]}, {2, 4, piece.size[1]}});
            const Attrs attrs{{"whole", Shape{11}}, {"origin", Shape{piece.origin[0]}}};
            expect_same(run(attrs, columns, slice_of(before, piece)), slice_of(want, whole, piece));
          }
      }
}

struct Loss {
  Values logits, labels, weights, dloss;
};
Loss loss_of(DType dtype, int64_t classes) {
  const auto last = static_cast<double>(classes - 1);
  Loss loss{
      random_values(dtype, {2, 3, classes}, 1, 3),
      integers({2, 3}, {0, last, -1, std::floor(last / 2), last + 1, std::floor(last / 2) + 1}),
      random_values(DType::f32, {2, 3}, 2), random_values(DType::f32, {2, 3}, 3)};
  return loss;
}
Attrs at(const Piece& piece, int64_t classes, Attrs attrs = {}) {
  attrs.set("whole", Shape{classes});
  attrs.set("origin", Shape{piece.origin[2]});
  return attrs;
}
Piece rows_of(const Piece& piece) {
  return {{piece.origin[0], piece.origin[1]}, {piece.size[0], piece.size[1]}};
}

TEST(ClassParts, GradientOfTheLossFallsApart) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (int64_t classes : {7, 64, 2051})
      for (double smoothing : {0.0, 0.1})
        for (const Runner& runner : runners("cross_entropy_grad")) {
          const Loss loss = loss_of(dtype, classes);
          const Attrs attrs{{"label_smoothing", smoothing}};
          const TensorType row = loss.weights.type;
          const Values lse{row,
                           run_cpu("cross_entropy", attrs, {loss.logits, loss.labels, loss.weights},
                                   {row, row}, runner.isa)[1]};
          const auto run = [&](const Attrs& with, const Piece& piece) {
            const Piece rows = rows_of(piece);
            const Values x = slice_of(loss.logits, piece);
            return run_kernel(runner.factory, "cross_entropy_grad", with,
                              {x, slice_of(loss.labels, rows), slice_of(loss.weights, rows),
                               slice_of(lse, rows), slice_of(loss.dloss, rows)},
                              {x.type}, runner.isa, {{0, 0}})[0];
          };
          const Shape& whole = loss.logits.type.shape;
          const auto want = run(attrs, {{0, 0, 0}, whole});
          for (const std::vector<size_t>& dims : {std::vector<size_t>{2}, {0, 2}})
            for (const Piece& piece : pieces_of(whole, dims))
              expect_same(run(at(piece, classes, attrs), piece), slice_of(want, whole, piece));
        }
}

TEST(ClassParts, StatisticsMakeTheLoss) {
  for (DType dtype : {DType::f32, DType::bf16})
    for (int64_t classes : {2, 7, 64, 2051})
      for (Isa isa : isas_here()) {
        Loss loss = loss_of(dtype, classes);
        std::fill(loss.weights.data.begin(), loss.weights.data.end(), 1.0);
        // One part of a row may be masked whole.
        std::fill_n(loss.logits.data.begin(), classes / 2, -INFINITY);
        loss.labels.data[0] = static_cast<double>(classes - 1);
        const TensorType row = loss.weights.type;
        const auto want =
            run_cpu("cross_entropy", {}, {loss.logits, loss.labels, loss.weights}, {row, row}, isa);
        const Shape& whole = loss.logits.type.shape;
        std::vector<double> picked(6), exponentials(6);
        for (const Piece& piece : pieces_of(whole, {0, 2})) {
          const Piece rows = rows_of(piece);
          const TensorType part{DType::f32, rows.size};
          const auto got = run_cpu("class_statistics", at(piece, classes),
                                   {slice_of(loss.logits, piece), slice_of(loss.labels, rows)},
                                   {part, part}, isa);
          for (size_t i = 0; i < 3; ++i) {
            const size_t r = static_cast<size_t>(piece.origin[0]) * 3 + i;
            picked[r] += got[0][i];
            exponentials[r] += std::exp(got[1][i]);
          }
        }
        for (size_t r = 0; r < 6; ++r) {
          SCOPED_TRACE(fmt::format("row {} of {} {}", r, dtype, classes));
          const double label = loss.labels.data[r], lse = std::log(exponentials[r]);
          EXPECT_TRUE(std::isfinite(lse));
          if (label < 0) {
            EXPECT_EQ(picked[r], 0);
          } else if (label >= static_cast<double>(classes)) {
            EXPECT_TRUE(std::isnan(picked[r]));
          } else {
            EXPECT_NEAR(lse, want[1][r], 1e-5);
            EXPECT_NEAR(lse - picked[r], want[0][r], 1e-5);
          }
        }
      }
}

TEST(ClassParts, WithoutOriginTheyAreRefused) {
  const Attrs attrs{{"whole", Shape{8}}, {"place", "tp"}, {"vocab", int64_t{4}}};
  const Values ids = integers({2}, {0, 1}), x = random_values(DType::f32, {2, 4}, 1),
               row = random_values(DType::f32, {2}, 2);
  const auto refused = [&](std::string_view op, const std::vector<Values>& in,
                           const std::vector<TensorType>& out) {
    for (const Runner& runner : runners(op))
      EXPECT_THROW(run_kernel(runner.factory, op, attrs, in, out, runner.isa), InternalError) << op;
  };
  refused("embedding", {ids, x}, {x.type});
  refused("embedding_grad", {ids, x}, {{DType::f32, {4, 4}}});
  refused("cross_entropy_grad", {x, ids, row, row, row}, {x.type});
  refused("class_statistics", {x, ids}, {row.type, row.type});
}

}  // namespace
}  // namespace tessera
