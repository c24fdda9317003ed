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
