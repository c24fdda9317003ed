// gather, take_along, scatter_add.
#include "tests/ops/case.h"

namespace tessera {
namespace {

struct Row {
  Shape shape;
  int64_t dim, count;
  bool large = false;
};
// Repeated indices make gradients add up.
const std::vector<Row> kRows{
    {{1}, 0, 1},       {{7}, 0, 11},       {{5, 4}, 0, 4},    {{4, 5}, -1, 8},
    {{2, 5, 3}, 1, 9}, {{2, 3, 17}, 2, 6}, {{1, 4, 1}, 1, 3}, {{67, 131}, 0, 300, true}};

Shape with(Shape shape, int64_t dim, int64_t size) {
  shape[static_cast<size_t>(dim < 0 ? dim + static_cast<int64_t>(shape.size()) : dim)] = size;
  return shape;
}
int64_t size(const Row& row) {
  return row.shape[static_cast<size_t>(
      row.dim < 0 ? row.dim + static_cast<int64_t>(row.shape.size()) : row.dim)];
}

std::vector<Case> each(Case (*make)(const Row&)) {
  std::vector<Case> cases;
  for (const Row& row : kRows) cases.push_back(make(row));
  return cases;
}

const TensorType kF34{DType::f32, {3, 4}};

const Register kGather(
    {"gather"}, each([](const Row& r) -> Case {
      return {.in = {real(r.shape), indices({r.count}, size(r))},
              .attrs = {{"dim", r.dim}},
              .large = r.large};
    }),
    {{.in = {kF34, {DType::f32, {2}}}, .attrs = {{"dim", 0}}, .words = "list of i32"},
     {.in = {kF34, {DType::i32, {2, 2}}}, .attrs = {{"dim", 0}}, .words = "list of i32"},
     {.in = {kF34, {DType::i32, {2}}}, .attrs = {{"dim", 2}}, .words = "no dim 2"}});
const Register kGatherIntegers({"gather"}, {{.in = {integers({4, 6}, 0, 99), indices({8}, 4)},
                                             .attrs = {{"dim", 0}},
                                             .differentiable = false}});

struct Batched {
  Shape shape;
  int64_t batch, dim, count;
};
const std::vector<Batched> kBatched{{{4, 5}, 1, 1, 3},
                                    {{2, 7, 6}, 1, 1, 4},
                                    {{2, 3, 4, 6}, 1, 2, 5},
                                    {{2, 4, 5, 2}, 2, 2, 4},
                                    {{2, 4, 3, 5}, 2, -1, 6}};

Case batched(const Batched& b, bool scatter) {
  const Row row{b.shape, b.dim, b.count};
  Shape lists(b.shape.begin(), b.shape.begin() + b.batch);
  lists.push_back(b.count);
  Case c{.in = {real(b.shape), indices(lists, size(row))},
         .attrs = {{"dim", b.dim}, {"batch", b.batch}}};
  if (scatter) c.in.push_back(real(with(b.shape, b.dim, b.count)));
  if (scatter) c.tolerance = 2;
  return c;
}
std::vector<Case> all_batched(bool scatter) {
  std::vector<Case> cases;
  for (const Batched& b : kBatched) cases.push_back(batched(b, scatter));
  return cases;
}

const TensorType kF234{DType::f32, {2, 3, 4}};
const Attrs kOneShared{{"dim", 1}, {"batch", 1}};
const Register kGatherBatched(
    {"gather"}, all_batched(false),
    {{.in = {kF234, {DType::i32, {5}}},
      .attrs = kOneShared,
      .words = "for each of [2], not i32[5]"},
     {.in = {kF234, {DType::i32, {3, 5}}}, .attrs = kOneShared, .words = "for each of [2]"},
     {.in = {kF234, {DType::i32, {2, 3, 5}}},
      .attrs = {{"dim", 1}, {"batch", 2}},
      .words = "dim 1 is among the first 2"},
     {.in = {kF234, {DType::i32, {5}}},
      .attrs = {{"dim", 1}, {"batch", -1}},
      .words = "share -1 dims"}});
const Register kScatterBatched({"scatter_add"}, all_batched(true),
                               {{.in = {kF234, {DType::i32, {2, 5}}, {DType::f32, {2, 4, 4}}},
                                 .attrs = kOneShared,
                                 .words = "must be f32[2,5,4]"}});

const Register kTake(
    {"take_along"}, each([](const Row& r) -> Case {
      return {.in = {real(r.shape), indices(with(r.shape, r.dim, r.count), size(r))},
              .attrs = {{"dim", r.dim}},
              .large = r.large};
    }),
    {{.in = {kF34, {DType::f32, {3, 1}}}, .attrs = {{"dim", 1}}, .words = "must be i32"},
     {.in = {kF34, {DType::i32, {2, 1}}}, .attrs = {{"dim", 1}}, .words = "but for dim 1"}});

const Register kScatter({"scatter_add"}, each([](const Row& r) -> Case {
                          return {.in = {real(r.shape), indices({r.count}, size(r)),
                                         real(with(r.shape, r.dim, r.count))},
                                  .attrs = {{"dim", r.dim}},
                                  .tolerance = 2,
                                  .large = r.large};
                        }),
                        {{.in = {kF34, {DType::i32, {2}}, {DType::f32, {3, 4}}},
                          .attrs = {{"dim", 0}},
                          .words = "must be f32[2,4]"},
                         {.in = {kF34, {DType::i64, {2}}, {DType::f32, {2, 4}}},
                          .attrs = {{"dim", 0}},
                          .words = "list of i32"}});

}  // namespace
}  // namespace tessera
