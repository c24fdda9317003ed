// Ops that move elements: reshape, broadcast_to, transpose, slice, concat, update_slice; and those
// without operands.
#include "tests/ops/case.h"

namespace tessera {
namespace {

using Move = std::pair<Shape, Shape>;

std::vector<Case> moves(const char* attr, const std::vector<Move>& moves) {
  std::vector<Case> cases;
  for (const auto& [shape, value] : moves) {
    const bool large = numel(shape) > 999;
    cases.push_back({.in = {real(shape)}, .attrs = {{attr, value}}, .large = large});
    cases.push_back({.in = {integers(shape, -9, 9)},
                     .attrs = {{attr, value}},
                     .differentiable = false,
                     .large = large});
    cases.push_back({.in = {booleans(shape)},
                     .attrs = {{attr, value}},
                     .differentiable = false,
                     .large = large});
  }
  return cases;
}

const TensorType kF34{DType::f32, {3, 4}};

const Register kReshape(
    {"reshape"},
    moves("shape", {{{2, 3, 5}, {5, 6}},
                    {{1, 8}, {8}},
                    {{}, {1, 1}},
                    {{4, 6}, {2, 2, 6}},
                    {{4, 6}, {8, 3}},
                    {{2, 4, 6}, {8, 6}},
                    {{2, 4, 6}, {2, 4, 2, 3}},
                    {{6, 4}, {4, 6}},
                    {{8, 1, 6}, {2, 4, 6, 1}},
                    {{24}, {2, 3, 4}},
                    {{30, 4}, {5, 6, 2, 2}}}),
    {{.in = {kF34}, .attrs = {{"shape", Shape{5}}}, .words = "as many elements"}});

const Register kBroadcast({"broadcast_to"},
                          moves("shape", {{{}, {4, 6}},
                                          {{1}, {8}},
                                          {{6}, {4, 6}},
                                          {{4, 1}, {4, 6}},
                                          {{2, 1, 6}, {2, 4, 6}},
                                          {{4, 6}, {4, 6}},
                                          {{1, 4, 1}, {2, 4, 2}},
                                          {{1031}, {17, 1031}}}),
                          {{.in = {kF34}, .attrs = {{"shape", Shape{3, 5}}}, .words = "[3,5]"},
                           {.in = {kF34}, .attrs = {{"shape", Shape{4}}}, .words = "[4]"}});

const Register kTranspose({"transpose"},
                          moves("perm", {{{5}, {0}},
                                         {{4, 6}, {1, 0}},
                                         {{4, 6}, {0, 1}},
                                         {{2, 4, 6}, {2, 0, 1}},
                                         {{2, 4, 6}, {0, 2, 1}},
                                         {{1, 8, 1}, {1, 2, 0}},
                                         {{2, 3, 4, 5}, {0, 2, 1, 3}},
                                         {{2, 3, 4, 5}, {3, 1, 2, 0}},
                                         {{2, 5, 4, 3}, {3, 0, 2, 1}},
                                         {{131, 67}, {1, 0}},
                                         {{3, 67, 33, 8}, {0, 2, 3, 1}},
                                         {{5, 64, 4, 16}, {0, 2, 1, 3}}}),
                          {{.in = {kF34}, .attrs = {{"perm", Shape{0, 0}}}, .words = "each dim"},
                           {.in = {kF34}, .attrs = {{"perm", Shape{0}}}, .words = "each dim"}});

Case cut(Shape shape, Shape starts, Shape limits) {
  return {.in = {real(std::move(shape))}, .attrs = {{"starts", starts}, {"limits", limits}}};
}
const Register kSlice({"slice"},
                      {cut({1}, {0}, {1}),
                       cut({17}, {3}, {14}),
                       cut({4, 6}, {0, 1}, {4, 4}),
                       cut({4, 6}, {2, 0}, {3, 6}),
                       cut({4, 6}, {0, 0}, {4, 6}),
                       cut({2, 8, 5}, {1, 2, 3}, {2, 7, 4}),
                       cut({2, 8, 6}, {0, 2, 0}, {2, 4, 6}),
                       cut({8, 32}, {2, 0}, {6, 32}),  // a view
                       cut({4, 8, 16}, {2, 4, 0}, {3, 8, 16}),
                       {.in = {integers({4, 6}, 0, 9)},
                        .attrs = {{"starts", Shape{1, 1}}, {"limits", Shape{3, 6}}},
                        .differentiable = false},
                       {.in = {real({131, 257})},
                        .attrs = {{"starts", Shape{5, 7}}, {"limits", Shape{130, 250}}},
                        .large = true}},
                      {{.in = {kF34},
                        .attrs = {{"starts", Shape{0}}, {"limits", Shape{1}}},
                        .words = "one entry per dim"},
                       {.in = {kF34},
                        .attrs = {{"starts", Shape{0, 0}}, {"limits", Shape{3, 5}}},
                        .words = "[0, 5) is not a part of dim 1"},
                       {.in = {kF34},
                        .attrs = {{"starts", Shape{2, 0}}, {"limits", Shape{2, 4}}},
                        .words = "[2, 2) is not a part of dim 0"}});

const Register kConcat(
    {"concat"},
    {{.in = {real({3})}, .attrs = {{"dim", 0}}},
     {.in = {real({1}), real({7})}, .attrs = {{"dim", 0}}},
     {.in = {real({4, 5}), real({4, 1}), real({4, 2})}, .attrs = {{"dim", 1}}},
     {.in = {real({3, 6}), real({1, 6})}, .attrs = {{"dim", -2}}},
     {.in = {real({2, 3, 4}), real({2, 1, 4}), real({2, 2, 4})}, .attrs = {{"dim", 1}}},
     {.in = {integers({2, 3}, 0, 9), integers({2, 4}, 0, 9)},
      .attrs = {{"dim", 1}},
      .differentiable = false},
     {.in = {real({67, 131}), real({67, 64})}, .attrs = {{"dim", 1}}, .large = true}},
    {{.in = {kF34, {DType::f32, {3, 4, 1}}}, .attrs = {{"dim", 0}}, .words = "one rank"},
     {.in = {kF34, {DType::f32, {3, 5}}}, .attrs = {{"dim", 0}}, .words = "differ in dim 0 alone"},
     {.in = {kF34, {DType::bf16, {3, 4}}}, .attrs = {{"dim", 0}}, .words = "differ in dim 0 alone"},
     {.in = {kF34}, .attrs = {{"dim", 2}}, .words = "no dim 2"}});

const Register kUpdate(
    {"update_slice"},
    {{.in = {real({7}), real({3})}, .attrs = {{"dim", 0}, {"start", 2}}},
     {.in = {real({4, 6}), real({4, 2})}, .attrs = {{"dim", 1}, {"start", 4}}},
     {.in = {real({4, 6}), real({1, 6})}, .attrs = {{"dim", 0}, {"start", 0}}},
     {.in = {real({2, 8, 4}), real({2, 3, 4}), indices({}, 6)}, .attrs = {{"dim", 1}}},
     {.in = {real({9}), real({4}), indices({}, 6)}, .attrs = {{"dim", 0}}},
     {.in = {real({4, 8, 3}), real({4, 3, 3}), indices({4}, 6)}, .attrs = {{"dim", 1}}},
     {.in = {real({2, 3, 8}), real({2, 3, 1}), indices({2}, 8)}, .attrs = {{"dim", 2}}},
     {.in = {integers({4, 6}, 0, 9), integers({4, 2}, 0, 9)},
      .attrs = {{"dim", 1}, {"start", 1}},
      .differentiable = false},
     {.in = {real({3, 100, 67}), real({3, 29, 67}), indices({}, 71)},
      .attrs = {{"dim", 1}},
      .large = true}},
    {{.in = {kF34, {DType::f32, {3, 5}}},
      .attrs = {{"dim", 1}, {"start", 0}},
      .words = "does not fit"},
     {.in = {kF34, {DType::f32, {3, 2}}},
      .attrs = {{"dim", 1}, {"start", 3}},
      .words = "not inside"},
     {.in = {kF34, {DType::f32, {3, 2}}},
      .attrs = {{"dim", 1}},
      .words = "attribute or an operand"},
     {.in = {kF34, {DType::f32, {3, 2}}, {DType::f32, {}}},
      .attrs = {{"dim", 1}},
      .words = "must be i32[]"},
     {.in = {kF34, {DType::f32, {3, 2}}, {DType::i32, {2}}},
      .attrs = {{"dim", 1}},
      .words = "must be i32[]"},
     {.in = {kF34, {DType::f32, {2, 4}}, {DType::i32, {3}}},
      .attrs = {{"dim", 0}},
      .words = "must be i32[]"}});

const Register kConstant(
    {"constant"},
    {{.in = {}, .attrs = {{"value", 2.5}, {"dtype", "f32"}, {"shape", Shape{}}}},
     {.in = {}, .attrs = {{"value", -1.0}, {"dtype", "bf16"}, {"shape", Shape{4, 6}}}},
     {.in = {},
      .attrs = {{"value", 7.0}, {"dtype", "i32"}, {"shape", Shape{70001}}},
      .large = true},
     {.in = {}, .attrs = {{"value", 1.0}, {"dtype", "bool"}, {"shape", Shape{2, 3}}}}},
    {{.in = {}, .attrs = {{"value", 1.0}, {"dtype", "f32"}, {"shape", Shape{0}}}, .words = "empty"},
     {.in = {}, .attrs = {{"value", 1.0}, {"dtype", "u8"}, {"shape", Shape{1}}}, .words = "u8"}});

const Register kEmpty({"empty"}, {{.in = {}, .attrs = {{"dtype", "f32"}, {"shape", Shape{4, 6}}}}},
                      {{.in = {{DType::f32, {1}}},
                        .attrs = {{"dtype", "f32"}, {"shape", Shape{1}}},
                        .words = "no operand"}});

const Register kNormal(
    {"random_normal"},
    {{.in = {}, .attrs = {{"std", 0.02}, {"seed", 7}, {"stream", "a"}, {"shape", Shape{4, 6}}}},
     {.in = {},
      .attrs = {{"std", 0.02},
                {"seed", 7},
                {"stream", "a"},
                {"shape", Shape{4, 6}},
                {"whole", Shape{7, 9}},
                {"origin", Shape{2, 3}}}},
     {.in = {},
      .attrs = {{"std", 1.0}, {"seed", 1}, {"stream", "b"}, {"shape", Shape{3, 20011}}},
      .large = true}},
    {{.in = {},
      .attrs = {{"std", -1.0}, {"seed", 7}, {"stream", "a"}, {"shape", Shape{4}}},
      .words = "std is negative"},
     {.in = {},
      .attrs =
          {{"std", 1.0}, {"seed", 7}, {"stream", "a"}, {"shape", Shape{4}}, {"whole", Shape{8}}},
      .words = "does not say which"}});

const Register kIota(
    {"iota"},
    {{.in = {}, .attrs = {{"dim", 0}, {"dtype", "i32"}, {"shape", Shape{7}}}},
     {.in = {}, .attrs = {{"dim", 1}, {"dtype", "f32"}, {"shape", Shape{2, 4, 6}}}},
     {.in = {}, .attrs = {{"dim", -1}, {"dtype", "bf16"}, {"shape", Shape{4, 6}}}},
     {.in = {},
      .attrs = {{"dim", 1},
                {"dtype", "i32"},
                {"shape", Shape{4, 6}},
                {"whole", Shape{4, 9}},
                {"origin", Shape{0, 3}}}},
     {.in = {}, .attrs = {{"dim", 0}, {"dtype", "i64"}, {"shape", Shape{9001, 3}}}, .large = true}},
    {{.in = {}, .attrs = {{"dim", 1}, {"dtype", "i32"}, {"shape", Shape{7}}}, .words = "no dim 1"},
     {.in = {},
      .attrs = {{"dim", 0}, {"dtype", "bool"}, {"shape", Shape{7}}},
      .words = "not booleans"},
     {.in = {},
      .attrs = {{"dim", 0}, {"dtype", "i32"}, {"shape", Shape{7}}, {"origin", Shape{7}}},
      .words = "not in what"}});

}  // namespace
}  // namespace tessera
