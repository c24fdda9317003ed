// What is drawn or counted for a part of a tensor is that part of what is drawn for the whole, to
// the bit.
#include "framework/core/random.h"
#include "tests/kernels/parts.h"

namespace tessera {
namespace {

using namespace testing;

struct Cuts {
  Shape whole;
  std::vector<std::vector<size_t>> dims;
};
const std::vector<Cuts> kCuts{{{37}, {{0}}},
                              {{5, 7}, {{0}, {1}, {0, 1}}},
                              {{4, 6, 10}, {{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 1, 2}}},
                              {{3, 1, 2051}, {{0}, {2}, {0, 2}}},
                              {{2, 600, 3}, {{0}, {1}, {2}, {0, 1}}}};

template <class F>
void each_piece(const F& f) {
  for (const Cuts& cuts : kCuts)
    for (const auto& dims : cuts.dims)
      for (const Piece& piece : pieces_of(cuts.whole, dims)) f(cuts.whole, piece);
}

const Attrs kDropout{{"rate", 0.4}, {"seed", int64_t{77}}, {"stream", "layer.0"}};

TEST(DrawParts, Dropout) {
  const Values step{{DType::i64, {}}, {5e9}};
  for (DType dtype : {DType::f32, DType::bf16})
    for (int part : {-1, 0, 3})
      for (const Runner& runner : runners("dropout"))
        each_piece([&](const Shape& whole, const Piece& piece) {
          SCOPED_TRACE(fmt::format("{} at {} of {}, part {}", to_string(piece.size),
                                   to_string(piece.origin), to_string(whole), part));
          std::vector<Values> in{random_values(dtype, whole, 1), step};
          if (part >= 0) in.push_back(integers({}, {static_cast<double>(part)}));
          const auto want =
              run_kernel(runner.factory, "dropout", kDropout, in, {in[0].type}, runner.isa)[0];
          in[0] = slice_of(in[0], piece);
          const auto got = run_kernel(runner.factory, "dropout", piece.in(whole, kDropout), in,
                                      {in[0].type}, runner.isa)[0];
          expect_same(got, slice_of(want, whole, piece));
        });
}

TEST(DrawParts, RandomNormal) {
  const Attrs attrs{{"std", 0.7}, {"seed", int64_t{5}}, {"stream", "table"}};
  const auto shaped = [](Attrs out, const Shape& shape) {
    out.set("shape", shape);
    return out;
  };
  for (const Runner& runner : runners("random_normal"))
    each_piece([&](const Shape& whole, const Piece& piece) {
      SCOPED_TRACE(fmt::format("{} at {} of {}", to_string(piece.size), to_string(piece.origin),
                               to_string(whole)));
      const auto want = run_kernel(runner.factory, "random_normal", shaped(attrs, whole), {},
                                   {{DType::f32, whole}}, runner.isa)[0];
      const auto got =
          run_kernel(runner.factory, "random_normal", piece.in(whole, shaped(attrs, piece.size)),
                     {}, {{DType::f32, piece.size}}, runner.isa)[0];
      expect_same(got, slice_of(want, whole, piece));
    });
}

TEST(DrawParts, Iota) {
  for (DType dtype : {DType::i32, DType::i64, DType::f32, DType::bf16})
    for (const Runner& runner : runners("iota"))
      each_piece([&](const Shape& whole, const Piece& piece) {
        for (size_t dim = 0; dim < whole.size(); ++dim) {
          const Attrs attrs{{"dim", static_cast<int64_t>(dim)}};
          const auto want =
              run_kernel(runner.factory, "iota", attrs, {}, {{dtype, whole}}, runner.isa)[0];
          const auto got = run_kernel(runner.factory, "iota", piece.in(whole, attrs), {},
                                      {{dtype, piece.size}}, runner.isa)[0];
          expect_same(got, slice_of(want, whole, piece));
        }
      });
}

/// A kernel must know where its part begins.
TEST(DrawParts, WithoutOriginTheyAreRefused) {
  const Shape shape{2, 3};
  const Values x = random_values(DType::f32, shape, 1), step = integers({}, {1});
  for (std::string_view op : {"dropout", "random_normal", "iota"})
    for (const Runner& runner : runners(op)) {
      Attrs attrs = kDropout;
      attrs.set("std", 1.0);
      attrs.set("dim", 0);
      attrs.set("whole", Shape{4, 3});
      attrs.set("place", "dp");
      std::vector<Values> in;
      if (op == "dropout") in = {x, step};
      EXPECT_THROW(run_kernel(runner.factory, op, attrs, in, {x.type}, runner.isa), InternalError)
          << op;
    }
}

}  // namespace
}  // namespace tessera
