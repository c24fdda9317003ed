// gather and scatter_add with a list of indices for each entry of the first dims: what each entry
// gives with its own list.
#include "tests/kernels/parts.h"

namespace tessera {
namespace {

using namespace testing;

struct Batched {
  Shape x;
  int64_t batch, dim, count;
};
const std::vector<Batched> kCases{{{3, 5}, 1, 1, 4},        {{3, 5, 7}, 1, 1, 9},
                                  {{2, 3, 4, 5}, 1, 2, 3},  {{2, 3, 4, 5}, 2, 2, 6},
                                  {{2, 3, 4, 5}, 2, 3, 2},  {{1, 2, 6, 1}, 1, 2, 1},
                                  {{4, 50, 300}, 1, 1, 20}, {{2, 2, 30, 517}, 2, 2, 11}};

Values lists_of(const Batched& c) {
  Values out = integers(Shape(c.x.begin(), c.x.begin() + c.batch), {});
  out.type.shape.push_back(c.count);
  for (int64_t i = 0; i < out.type.numel(); ++i)
    out.data.push_back(static_cast<double>(i * i * 7 % c.x[static_cast<size_t>(c.dim)]));
  return out;
}

/// The piece that is one entry of the first `batch` dims.
Piece entry_of(const Shape& shape, int64_t batch, int64_t entry) {
  Piece piece{Shape(shape.size()), shape};
  for (auto d = static_cast<size_t>(batch); d-- > 0; entry /= shape[d]) {
    piece.origin[d] = entry % shape[d];
    piece.size[d] = 1;
  }
  return piece;
}

/// Values without their first `batch` dims, which are 1.
Values squeezed(Values values, int64_t batch) {
  values.type.shape.erase(values.type.shape.begin(), values.type.shape.begin() + batch);
  return values;
}

TEST(BatchedIndices, EachEntryHasItsOwn) {
  for (const Batched& c : kCases)
    for (DType dtype : {DType::f32, DType::bf16}) {
      const Values x = random_values(dtype, c.x, 1), lists = lists_of(c);
      Shape shape = c.x;
      shape[static_cast<size_t>(c.dim)] = c.count;
      const Values updates = random_values(dtype, shape, 2);
      const Attrs attrs{{"dim", c.dim}, {"batch", c.batch}}, alone{{"dim", c.dim - c.batch}};
      int64_t entries = 1;
      for (int64_t d = 0; d < c.batch; ++d) entries *= c.x[static_cast<size_t>(d)];
      const auto expect = [&](std::string_view op, const std::vector<Values>& in,
                              const TensorType& out) {
        for (const Runner& runner : runners(op)) {
          SCOPED_TRACE(fmt::format("{} of {} along {}", op, to_string(x.type), c.dim));
          const auto got = run_kernel(runner.factory, op, attrs, in, {out}, runner.isa)[0];
          for (int64_t e = 0; e < entries; ++e) {
            std::vector<Values> own;
            for (const Values& v : in)
              own.push_back(squeezed(slice_of(v, entry_of(v.type.shape, c.batch, e)), c.batch));
            const Piece piece = entry_of(out.shape, c.batch, e);
            const Values part = squeezed(slice_of({out, got}, piece), c.batch);
            expect_same(part.data,
                        run_kernel(runner.factory, op, alone, own, {part.type}, runner.isa)[0]);
          }
        }
      };
      expect("gather", {x, lists}, updates.type);
      expect("scatter_add", {x, lists, updates}, x.type);
    }
}

/// The batch may be cut: each part has its lists.
TEST(BatchedIndices, PartsOfTheBatch) {
  const Batched c{{4, 6, 5, 3}, 2, 2, 7};
  const Values x = random_values(DType::f32, c.x, 1), lists = lists_of(c),
               updates = random_values(DType::f32, {4, 6, 7, 3}, 2);
  const Attrs attrs{{"dim", c.dim}, {"batch", c.batch}};
  const auto run = [&](std::string_view op, const std::vector<Values>& in, const Shape& shape) {
    return run_cpu(op, attrs, in, {{DType::f32, shape}}, isas_here().back())[0];
  };
  const auto picked = run("gather", {x, lists}, updates.type.shape),
             added = run("scatter_add", {x, lists, updates}, x.type.shape);
  for (const std::vector<size_t>& dims : {std::vector<size_t>{0}, {0, 1}})
    for (const Piece& piece : pieces_of(c.x, dims)) {
      Piece of_list = piece, of_updates = piece;
      of_list.origin.resize(3);
      of_list.size.resize(3);
      of_list.size[2] = of_updates.size[2] = c.count;
      const Values px = slice_of(x, piece), pl = slice_of(lists, of_list),
                   pu = slice_of(updates, of_updates);
      expect_same(run("gather", {px, pl}, pu.type.shape),
                  slice_of(picked, updates.type.shape, of_updates));
      expect_same(run("scatter_add", {px, pl, pu}, px.type.shape),
                  slice_of(added, x.type.shape, piece));
    }
}

TEST(BatchedIndices, OutsideTheDimAreRefused) {
  const Values x = random_values(DType::f32, {2, 3}, 1), bad = integers({2, 2}, {0, 1, 2, 3}),
               updates = random_values(DType::f32, {2, 2}, 2);
  const Attrs attrs{{"dim", 1}, {"batch", 1}};
  const auto words = [&](std::string_view op, const std::vector<Values>& in,
                         const TensorType& out) {
    for (const Runner& runner : runners(op)) {
      try {
        run_kernel(runner.factory, op, attrs, in, {out}, runner.isa);
        ADD_FAILURE() << op << " took a bad index";
      } catch (const UserError& error) {
        EXPECT_NE(std::string(error.what()).find("index 3 at place 3"), std::string::npos)
            << error.what();
      }
    }
  };
  words("gather", {x, bad}, updates.type);
  words("scatter_add", {x, bad, updates}, x.type);
}

}  // namespace
}  // namespace tessera
