// The search for meshes that fit: what it finds fits, and it plans little of what is large.
#include "framework/assembly/proposals.h"

#include <gtest/gtest.h>

#include "framework/assembly/assemble.h"
#include "framework/runtime/compile.h"
#include "tests/models/device.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

/// The models of the program, of which it is noted what is built of each.
struct Watched {
  static inline int64_t full = 0;  // graphs of as many sequences and layers as `from` has at least
  static inline int64_t all = 0;   // graphs
  static inline const Config* from = nullptr;

  static std::vector<Parameter> build(Graph& graph, const Config& config, const ModelUse& use) {
    ++all;
    if (config.model.layers >= from->model.layers &&
        config.micro_sequences() / config.mesh.dp_size() >=
            from->micro_sequences() / from->mesh.dp_size())
      ++full;
    return shipped_models().of(config).build(graph, config, use);
  }
};

std::vector<MeshProposal> proposals(const Config& config, int64_t limit) {
  Models models = shipped_models();
  for (ModelDef& row : models.rows) row.build = Watched::build;
  Watched::full = Watched::all = 0;
  Watched::from = &config;
  return fitting_meshes(models, config, *config.model.vocab, device(), limit);
}

int64_t planned(const Config& config) {
  const Assembly assembly = assemble_training(shipped_models(), config, *config.model.vocab);
  return compile(assembly.program, device(), {assembly.mesh}).bytes();
}

TEST(Proposals, WhatIsProposedFits) {
  const Config config = toy_config(kToyGpt, {"batch.sequences=64"});
  const int64_t needed = planned(config), limit = needed * 3 / 4;
  const auto found = proposals(config, limit);
  ASSERT_FALSE(found.empty());
  for (const MeshProposal& proposal : found) {
    EXPECT_TRUE(proposal.exact);
    EXPECT_LE(proposal.bytes, limit) << proposal.text(config);
    EXPECT_EQ(proposal.bytes, planned(proposal.config)) << proposal.text(config);
  }
}

/// Sequences by the million: most meshes are refused for what a few sequences of theirs need.
TEST(Proposals, AHugeBatchIsSeldomPlannedInFull) {
  const Config config = toy_config(kToyGpt, {"batch.sequences=16777216"});
  EXPECT_TRUE(proposals(config, int64_t{16} << 30).empty());
  EXPECT_EQ(Watched::full, 0);
  EXPECT_GT(Watched::all, 0);
}

TEST(Proposals, ADeepModelIsEstimatedFromFewLayers) {
  const Config config = toy_config(kToyGpt, {"model.layers=80", "batch.sequences=8"});
  const auto found = proposals(config, planned(config) * 3 / 4);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(Watched::full, 0);
  for (const MeshProposal& proposal : found) {
    EXPECT_FALSE(proposal.exact);
    const auto exact = static_cast<double>(planned(proposal.config));
    EXPECT_NEAR(static_cast<double>(proposal.bytes), exact, 0.05 * exact) << proposal.text(config);
  }
}

/// The batch of a step may be shared out in every way that divides it, and there are many ways; the
/// search must not try them all.
TEST(Proposals, AccumulationIsFoundByDivisors) {
  const Config config =
      toy_config(kToyGpt, {"batch.sequences=16777216", "batch.accumulate=16777216"});
  for (const MeshProposal& proposal : proposals(config, int64_t{1} << 30))
    EXPECT_EQ(proposal.config.batch.accumulate * proposal.config.mesh.dp_size(), 16777216)
        << proposal.text(config);
}

}  // namespace
}  // namespace tessera::testing
