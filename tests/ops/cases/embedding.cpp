// embedding, its gradient op, rotary and dropout.
#include "tests/ops/case.h"

namespace tessera {
namespace {

struct Table {
  Shape ids;
  int64_t rows, width;
  bool large = false;
};
const std::vector<Table> kTables{{{}, 3, 4},      {{1}, 1, 1},       {{8}, 3, 6},
                                 {{2, 5}, 11, 2}, {{2, 3, 4}, 7, 5}, {{300}, 50, 768, true}};

Shape with(Shape shape, int64_t last) {
  shape.push_back(last);
  return shape;
}

const Attrs kPart{{"whole", Shape{11}}, {"origin", Shape{3}}};  // a part of the rows

std::vector<Case> lookups() {
  std::vector<Case> cases;
  for (const Table& t : kTables)
    cases.push_back({.in = {indices(t.ids, t.rows), real({t.rows, t.width})}, .large = t.large});
  cases.push_back({.in = {indices({8}, 11), real({4, 6})}, .attrs = kPart});
  return cases;
}

std::vector<Case> gradients() {
  std::vector<Case> cases;
  for (bool accumulate : {false, true})
    for (const Table& t : kTables) {
      Case c{.in = {indices(t.ids, t.rows), real(with(t.ids, t.width))},
             .attrs = {{"vocab", t.rows}, {"accumulate", accumulate}},
             .differentiable = false,
             .large = t.large};
      if (accumulate) c.in.push_back(single({t.rows, t.width}));
      cases.push_back(c);
    }
  Attrs part = kPart;
  part.set("vocab", 4);
  cases.push_back({.in = {indices({8}, 11), real({8, 6})}, .attrs = part, .differentiable = false});
  return cases;
}

const TensorType kIds{DType::i32, {2}};
const Register kEmbedding({"embedding"}, lookups(),
                          {{.in = {{DType::i64, {2}}, {DType::f32, {3, 4}}},
                            .words = "ids are i32"},
                           {.in = {kIds, {DType::f32, {3}}}, .words = "matrix"},
                           {.in = {kIds, {DType::f32, {9, 4}}},
                            .attrs = kPart,
                            .words = "[9] at [3] is no part of [11]"}});
const Register kGrad({"embedding_grad"}, gradients(),
                     {{.in = {kIds, {DType::f32, {3, 4}}},
                       .attrs = {{"vocab", int64_t{5}}},
                       .words = "the cotangent of rows"},
                      {.in = {kIds, {DType::f32, {2, 4}}},
                       .attrs = {{"vocab", int64_t{5}}, {"whole", Shape{4}}, {"place", "tp"}},
                       .words = "is no part of [4]"}});

std::vector<Case> turns() {
  std::vector<Case> cases;
  for (const char* layout : {"half", "interleaved"})
    for (bool inverse : {false, true})
      for (Shape x : {Shape{1, 1, 1, 2}, {2, 4, 2, 6}, {1, 3, 4, 34}, {2, 64, 12, 64}})
        cases.push_back({.in = {real(x), integers({x[0], x[1]}, 0, 1000)},
                         .attrs = {{"base", 10000.0}, {"layout", layout}, {"inverse", inverse}},
                         .large = x[1] > 50});
  const Attrs plain{{"base", 1000.0}, {"layout", "half"}, {"inverse", false}};
  for (const Attrs& scaling :
       {Attrs{{"scaling", "linear"}, {"factor", 4.0}},
        Attrs{
            {"scaling", "llama3"}, {"factor", 8.0}, {"low", 1.0}, {"high", 4.0}, {"original", 64}},
        Attrs{{"scaling", "yarn"},
              {"factor", 4.0},
              {"low", 1.0},
              {"high", 32.0},
              {"original", 64},
              {"magnitude", 1.25}}}) {
    Attrs attrs = plain;
    for (const auto& [name, value] : scaling) attrs.set(name, value);
    cases.push_back({.in = {real({1, 3, 2, 10}), integers({1, 3}, 0, 300)}, .attrs = attrs});
  }
  return cases;
}

const TensorType kX{DType::f32, {1, 2, 3, 4}}, kPositions{DType::i32, {1, 2}};
const Register kRotary(
    {"rotary"}, turns(),
    {{.in = {{DType::f32, {1, 2, 3, 5}}, kPositions},
      .attrs = {{"base", 10.0}, {"layout", "half"}},
      .words = "even head size"},
     {.in = {kX, kPositions}, .attrs = {{"base", 10.0}, {"layout", "both"}}, .words = "both"}});

std::vector<Case> drops() {
  std::vector<Case> cases;
  for (double rate : {0.0, 0.5})
    for (Shape x : {Shape{}, {1}, {4, 6}, {2, 1, 19}, {3, 30011}})
      cases.push_back({.in = {real(x), integers({}, 0, 1000)},
                       .attrs = {{"rate", rate}, {"seed", 7}, {"stream", "h.0"}},
                       .large = numel(x) > 999});
  cases.push_back({.in = {real({4, 6}), integers({}, 0, 1000), integers({}, 0, 3)},
                   .attrs = {{"rate", 0.5},
                             {"seed", 7},
                             {"stream", "h.0"},
                             {"whole", Shape{9, 13}},
                             {"origin", Shape{5, 3}}}});
  return cases;
}

const Register kDropout({"dropout"}, drops(),
                        {{.in = {kX, {DType::i64, {}}},
                          .attrs = {{"rate", 1.0}, {"seed", 7}, {"stream", "h.0"}},
                          .words = "[0, 1)"},
                         {.in = {kX, {DType::i64, {}}},
                          .attrs = {{"rate", 0.1},
                                    {"seed", 7},
                                    {"stream", "h.0"},
                                    {"whole", Shape{1, 2, 3, 3}},
                                    {"origin", Shape{0, 0, 0, 0}}},
                          .words = "is no part of [1,2,3,3]"}});

}  // namespace
}  // namespace tessera
