// Sizes at which CUDA kernels go other ways than in the cases of the ops: several parts, sums that
// do not fit into shared memory, more rows than blocks, more operands than a launch takes.
#include <gtest/gtest.h>

#include "tests/cuda/run_graph/as_reference.h"
#include "tests/ops/op_test.h"

namespace tessera {
namespace {

void expect_as_reference(const std::string& op, Case c, DType real = DType::f32) {
  c.differentiable = false;
  expect_emulated_as_reference({op, {std::move(c)}, {}}, 0, real);
}

TEST(CudaSizes, ReductionsInParts) {
  for (DType dtype : {DType::f32, DType::bf16}) {
    for (const char* op : {"sum", "max", "min"}) {
      expect_as_reference(op, {.in = {real({2, 9001})}, .attrs = {{"dims", Shape{1}}}}, dtype);
      expect_as_reference(op, {.in = {real({2, 9008})}, .attrs = {{"dims", Shape{1}}}}, dtype);
      expect_as_reference(op, {.in = {real({1000, 33})}, .attrs = {{"dims", Shape{0}}}}, dtype);
      expect_as_reference(op, {.in = {real({40, 7, 50})}, .attrs = {{"dims", Shape{0, 2}}}}, dtype);
      expect_as_reference(op, {.in = {real({600, 5, 2})}, .attrs = {{"dims", Shape{0, 1}}}}, dtype);
    }
    for (int64_t n : {50021, 50024, 4096, 8})
      expect_as_reference("sum_squares", {.in = {real({n})}}, dtype);
  }
  expect_as_reference("sum", {.in = {integers({9001}, -100000, 100000)}});
  expect_as_reference(
      "max", {.in = {integers({3, 9001}, -100000, 100000)}, .attrs = {{"dims", Shape{1}}}});
}

TEST(CudaSizes, NormsWhoseSumsDoNotFit) {
  for (int64_t width : {6128, 6136, 12277}) {  // the sums of layer_norm fit up to 6128, about
    const std::vector<Operand> layer{real({3, width}), single({width}), single({3}), single({3}),
                                     real({3, width})};
    expect_as_reference("layer_norm_grad", {.in = layer, .tolerance = 4});
    const std::vector<Operand> rms{real({3, width}), single({width}), single({3}),
                                   real({3, width})};
    expect_as_reference("rms_norm_grad", {.in = rms, .tolerance = 4});
  }
}

TEST(CudaSizes, NormsInStretchesOfSeveralRows) {
  for (int64_t rows : {511, 513, 1300}) {
    const std::vector<Operand> in{real({rows, 12}), single({12}), single({rows}), single({rows}),
                                  real({rows, 12})};
    expect_as_reference("layer_norm_grad", {.in = in, .tolerance = 4}, DType::bf16);
  }
}

TEST(CudaSizes, EmbeddingsOfManyRowsAndLongRuns) {
  const Attrs attrs{{"vocab", int64_t{3001}}};
  expect_as_reference("embedding_grad",
                      {.in = {indices({700}, 3001), real({700, 300})}, .attrs = attrs});
  // All ids are the same.
  expect_as_reference("embedding_grad",
                      {.in = {indices({700}, 1), real({700, 300})}, .attrs = attrs});
}

TEST(CudaSizes, ClippingByManyNorms) {
  for (int count : {1, 255, 256, 257, 700}) {
    std::vector<Operand> in(static_cast<size_t>(count), uniform({}, 0, 3));
    for (Operand& operand : in) operand.kind = Operand::Kind::single;
    expect_as_reference("clip_scale", {.in = in, .attrs = {{"max_norm", 2.5}}});
  }
}

TEST(CudaSizes, ChoicesAmongMany) {
  expect_as_reference("top_k", {.in = {real({3, 1001})}, .attrs = {{"k", int64_t{40}}}},
                      DType::bf16);  // many are equal
  expect_as_reference("argmax", {.in = {real({3, 1001, 2})}, .attrs = {{"dim", int64_t{1}}}},
                      DType::bf16);
  expect_as_reference("cumsum", {.in = {real({3, 1001})}, .attrs = {{"dim", int64_t{1}}}});
}

/// Heads that the kernels by matrix units take, over several tiles.
TEST(CudaSizes, AttentionByMatrixUnits) {
  for (const int64_t width : {24, 64, 72})
    for (const bool causal : {false, true}) {
      const Operand q = real({1, 70, 2, width}), k = real({1, 70, 1, width});
      Attrs attrs{{"causal", causal}, {"window", int64_t{causal ? 0 : 50}}, {"scale", 0.1}};
      expect_as_reference("attention", {.in = {q, k, k}, .attrs = attrs, .tolerance = 4},
                          DType::bf16);
      Operand lse = uniform({1, 2, 70}, 4, 5);
      lse.kind = Operand::Kind::single;
      expect_as_reference("attention_grad",
                          {.in = {q, k, k, q, lse, q}, .attrs = attrs, .tolerance = 4},
                          DType::bf16);
    }
}

/// Head sizes that leave room for tiles of 32, 16 and 8 rows.
TEST(CudaSizes, AttentionInTilesOfEverySize) {
  for (const int64_t width : {8, 64, 128, 256, 500}) {
    const Operand q = real({1, 37, 4, width}), k = real({1, 45, 2, width});
    const Attrs attrs{{"causal", false}, {"window", int64_t{11}}, {"scale", 0.1}};
    Case forward{.in = {q, k, k}, .attrs = attrs, .tolerance = 4};
    expect_as_reference("attention", forward);
    Case backward = forward;
    backward.in = {q, k, k, q, uniform({1, 4, 37}, 3, 4), q};
    backward.in[4].kind = Operand::Kind::single;
    for (DType dtype : {DType::f32, DType::bf16})
      expect_as_reference("attention_grad", backward, dtype);
  }
}

/// More elements than the blocks of an update take at once.
TEST(CudaSizes, UpdatesOfManyParameters) {
  const int64_t n = 1024 * 256 * 8 + 77;
  const Operand scalar = uniform({}, 0.5, 1);
  Operand number = integers({}, 5, 6), apply = booleans({});
  std::vector<Operand> in{single({n}), real({n}), single({n}), uniform({n}, 0.1, 1),
                          scalar,      scalar,    number,      apply};
  for (size_t i : {size_t{3}, size_t{4}, size_t{5}}) in[i].kind = Operand::Kind::single;
  expect_as_reference(
      "adamw",
      {.in = in, .attrs = {{"beta1", 0.9}, {"beta2", 0.99}, {"eps", 1e-8}, {"weight_decay", 0.1}}});
}

}  // namespace
}  // namespace tessera
