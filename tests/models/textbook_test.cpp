// Planned collectives and memory against the published formulas. Megatron: Shoeybi et al. 2019,
// section 3; sequence parallel: Korthikanti et al. 2022, section 4.2; sharded state: Rajbhandari et
// al. 2020 (ZeRO), sections 5 and 7.
#include <gtest/gtest.h>

#include "framework/assembly/layouts.h"
#include "models/bert.h"
#include "tests/models/planned_run.h"

namespace tessera::testing {
namespace {

constexpr int64_t kLayers = 3, kSequences = 4, kLength = 24, kHidden = 32;
constexpr int64_t kResidual = kSequences * kLength * kHidden * 4;  // bytes of B·S·H in f32

PlannedRun plan(const Sets& sets, const char* text = kToyGpt) {
  return PlannedRun(toy_config(text, {"model.vocab=64", "model.layers=3"}, sets));
}

/// Bytes of all parameters, and of those that are sharded over two ranks.
struct ParameterBytes {
  int64_t all = 0, sharded = 0;
  explicit ParameterBytes(const PlannedRun& run) {
    const Mesh two({{"dp", 2}});
    for (const Parameter& p : run.assembly.parameters) {
      const Layout whole = Layout::whole(p.shape.size());
      all += numel(p.shape) * 4;
      if (sharded_layout(p.shape, whole, two) != whole) sharded += numel(p.shape) * 4;
    }
  }
  int64_t whole() const { return all - sharded; }
};

/// Bytes of messages larger than one number.
int64_t bytes(const PlannedRun& run, const std::string& axis, const std::string& kind) {
  return run.known.update.count(axis, kind).bytes - 4 * run.calls(axis, kind, 4);
}

// Each block reduces once after attention and once after the MLP, and as often in the backward
// pass. The embedding reduces its rows; the head's input gets its gradient reduced.
TEST(Textbook, TensorParallelReducesTwicePerLayerAndDirection) {
  for (const char* tp : {"mesh.tp=2", "mesh.tp=4"}) {
    const PlannedRun run = plan({tp});
    EXPECT_EQ(run.calls("tp", "all_reduce", kResidual), 2 * 2 * kLayers + 2);
    EXPECT_EQ(bytes(run, "tp", "all_reduce"), (2 * 2 * kLayers + 2) * kResidual);
    EXPECT_EQ(run.known.update.count("tp", "reduce_scatter").calls, 0);
    // The loss exchanges the largest, the sum and the label's logit of every row at once.
    EXPECT_EQ(run.known.update.count("tp", "all_gather").calls, 1);
  }
}

// In BERT a residual passes beside q, k and v: their shares of the gradient are summed before they
// are reduced. The gradient of the masked rows is reduced as well.
TEST(Textbook, TensorParallelReducesBertAsOften) {
  const PlannedRun run = plan({"mesh.tp=2"}, kToyBert);
  EXPECT_EQ(run.calls("tp", "all_reduce", kResidual), 2 * 2 * kLayers + 1);
  const int64_t masked = kSequences * masked_positions(run.config) * kHidden * 4;
  EXPECT_EQ(bytes(run, "tp", "all_reduce"), (2 * 2 * kLayers + 1) * kResidual + masked);
}

TEST(Textbook, TensorParallelSendsPerMicroStep) {
  const PlannedRun run = plan({"mesh.tp=2", "batch.accumulate=4"});
  EXPECT_EQ(run.calls("tp", "all_reduce", kResidual / 4), 4 * (4 * kLayers + 2));
}

// In place of each all_reduce there are a reduce_scatter and an all_gather; the backward pass
// gathers the two saved inputs of each layer once more. Forward gathers of the head's input serve
// its gradient as well, which is made beside the loss.
TEST(Textbook, SequenceParallelScattersAndGathers) {
  const PlannedRun run = plan({"mesh.tp=2", "mesh.sequence_parallel=true"});
  const int64_t forward = 2 * kLayers + 1, backward = 2 * kLayers + 1, again = 2 * kLayers;
  EXPECT_EQ(run.calls("tp", "all_gather", kResidual), forward + backward + again);
  const int64_t scattered = run.calls("tp", "reduce_scatter", kResidual),
                whole = run.calls("tp", "all_reduce", kResidual);
  EXPECT_EQ(scattered + whole, 4 * kLayers + 2);
  // None is published. The head's rows are B·S in one dim, which cannot be split along S: its
  // gradient is reduced whole.
  EXPECT_EQ(whole, 1);
}

TEST(Textbook, DataParallelReducesEveryGradientOnce) {
  for (const char* steps : {"batch.accumulate=1", "batch.accumulate=2"}) {
    const PlannedRun run = plan({"mesh.dp=2", steps});
    const ParameterBytes parameters(run);
    EXPECT_EQ(bytes(run, "dp", "all_reduce"), parameters.all);
    EXPECT_EQ(run.known.update.count("dp", "reduce_scatter").calls, 0);
    EXPECT_EQ(run.known.update.count("dp", "all_gather").calls, 0);
    EXPECT_EQ(run.calls("dp", "all_reduce", 4), run.config.batch.accumulate);  // the loss
  }
}

// What is too small to be sharded is reduced as before.
TEST(Textbook, ShardedOptimizerScattersGradientsAndGathersParameters) {
  for (const char* steps : {"batch.accumulate=1", "batch.accumulate=2"}) {
    const PlannedRun run = plan({"mesh.dp=2", "data_parallel.shard=optimizer", steps});
    const ParameterBytes parameters(run);
    EXPECT_EQ(bytes(run, "dp", "reduce_scatter"), parameters.sharded);
    EXPECT_EQ(bytes(run, "dp", "all_gather"), parameters.sharded);
    EXPECT_EQ(bytes(run, "dp", "all_reduce"), parameters.whole());
  }
}

TEST(Textbook, ShardedGradientsScatterEveryMicroStep) {
  const PlannedRun run = plan({"mesh.dp=2", "data_parallel.shard=gradients", "batch.accumulate=2"});
  const ParameterBytes parameters(run);
  EXPECT_EQ(bytes(run, "dp", "reduce_scatter"), 2 * parameters.sharded);
  EXPECT_EQ(bytes(run, "dp", "all_gather"), parameters.sharded);
}

// Parameters are gathered twice for each micro-step, but the tied embedding once: the head makes
// its gradient beside its loss.
TEST(Textbook, ShardedParametersAreGatheredForBothDirections) {
  const PlannedRun run =
      plan({"mesh.dp=2", "data_parallel.shard=parameters", "batch.accumulate=2"});
  const ParameterBytes parameters(run);
  const int64_t embedding = 64 * kHidden * 4;
  EXPECT_EQ(bytes(run, "dp", "reduce_scatter"), 2 * parameters.sharded);
  EXPECT_EQ(bytes(run, "dp", "all_gather"), 2 * (2 * parameters.sharded - embedding));
}

// A rank keeps half of what a sharding covers: parameter, gradient accumulator, two moments.
TEST(Textbook, StatesFallAsTheirShardingSays) {
  const auto state = [](const PlannedRun& run, StateKind kind) {
    int64_t out = 0;
    for (const State& s : run.assembly.program.states())
      if (s.kind == kind) out += static_cast<int64_t>(s.type.bytes());
    return out;
  };
  for (const auto& [shard, rank] : {std::pair<const char*, int>{"none", 0},
                                    {"optimizer", 1},
                                    {"gradients", 2},
                                    {"parameters", 3}}) {
    const PlannedRun run =
        plan({"mesh.dp=2", "batch.accumulate=2", fmt::format("data_parallel.shard={}", shard)});
    const ParameterBytes bytes(run);
    const auto part = [&](bool split) { return bytes.whole() + bytes.sharded / (split ? 2 : 1); };
    EXPECT_EQ(state(run, StateKind::moment), 2 * part(rank >= 1)) << shard;
    EXPECT_EQ(state(run, StateKind::accumulator), part(rank >= 2)) << shard;
    EXPECT_EQ(state(run, StateKind::parameter), part(rank >= 3)) << shard;
  }
}

}  // namespace
}  // namespace tessera::testing
