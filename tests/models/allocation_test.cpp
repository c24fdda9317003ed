// Running the graphs of a model allocates nothing: products, attention, norms, losses, dropout and
// the optimizer, on two threads, in f32 and bf16, with this machine's kernels and with those of
// AVX2 (where bf16 is widened). oneDNN's own allocations are left out: sgemm takes packing buffers
// and execute a list of arguments.
#include <gtest/gtest.h>

#include "framework/assembly/forecast.h"
#include "framework/core/threads.h"
#include "framework/device/cpu/profile.h"
#include "framework/train/feed.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"
#include "tests/runtime/counted_new.h"

namespace tessera::testing {
namespace {

class ModelAllocation : public ::testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "parallel_for starts threads there";
#endif
    device();
    set_thread_count(2);
  }
  void TearDown() override { set_thread_count(device().threads); }

  /// Runs the graphs of an update, each twice, and counts in the second.
  static void expect_none(const Config& config, Isa isa) {
    DeviceProfile profile = device();
    profile.threads = 2;
    profile.isa = std::min(profile.isa, isa);
    const auto learner = toy_learner(config, profile);
    Session& session = learner->session();
    const ToyBatches batches(config);
    const std::vector<Feed> feeds = batches.update(0);
    const auto run = [&](const char* graph, size_t part) {
      if (part < feeds.size()) write_feed(feeds[part], session, graph);
      const AllocationWatch watch;
      session.run(graph);
      return watch.own();
    };
    for (const bool counts : {false, true}) {
      std::vector<std::pair<const char*, size_t>> graphs{{"step", 0}};
      if (config.batch.accumulate > 1) graphs = {{"first", 0}, {"micro", 1}, {"update", 9}};
      for (const auto& [graph, part] : graphs) {
        const int64_t own = run(graph, part);
        EXPECT_TRUE(!counts || own == 0) << graph << ": " << own;
      }
    }
  }

  static void expect_none_in_all_ways(const char* text, const Sets& sets) {
    for (const char* compute : {"f32", "bf16"}) {
      for (const Isa isa : {Isa::avx2, Isa::amx}) {
        SCOPED_TRACE(fmt::format("{} {}", compute, to_string(isa)));
        expect_none(toy_config(text, {std::string("precision.compute=") + compute}, sets), isa);
      }
    }
  }
};

const Sets kWide{"model.hidden=64", "model.context=64", "batch.sequences=8"};

TEST_F(ModelAllocation, AStepOfAGptAllocatesNothing) { expect_none_in_all_ways(kToyGpt, kWide); }

TEST_F(ModelAllocation, AStepOfABertAllocatesNothing) { expect_none_in_all_ways(kToyBert, kWide); }

TEST_F(ModelAllocation, MicroStepsWithEveryKindOfLayerAllocateNothing) {
  Sets sets = kWide;
  sets.insert(sets.end(), {"batch.accumulate=2", "model.dropout=0.1", "model.attention_dropout=0.1",
                           "model.norm=rms", "model.positions=rotary", "model.kv_heads=2",
                           "model.activation=silu_gated", "recompute.policy=full"});
  expect_none_in_all_ways(kToyGpt, sets);
}

/// The number of allocations while a training run of `layers` layers is planned, with everything
/// that planning makes on the way.
int64_t allocations_of_plan(int layers, const Sets& sets) {
  const Config config =
      toy_config(kToyGpt, {"precision.compute=bf16", fmt::format("model.layers={}", layers)}, sets);
  const AllocationWatch watch(false);
  const Assembly assembly = assemble_training(shipped_models(), config, *config.model.vocab);
  const Compiled compiled = compile(assembly.program, device(), {assembly.mesh});
  forecast(config, assembly, compiled);
  return watch.own();
}

TEST_F(ModelAllocation, PlanningGrowsWithLayersAndNoFaster) {
  const Sets mesh{"mesh.dp=2", "mesh.tp=2", "model.vocab=68", "data_parallel.shard=parameters"};
  for (const Sets& sets : {Sets{}, mesh}) {
    allocations_of_plan(8, sets);  // what is made once
    const int64_t few = allocations_of_plan(8, sets), more = allocations_of_plan(32, sets),
                  many = allocations_of_plan(56, sets);
    EXPECT_LE(many - more, (more - few) * 21 / 20) << few << ", " << more << ", " << many;
  }
}

}  // namespace
}  // namespace tessera::testing
