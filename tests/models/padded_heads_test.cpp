// Heads that the mesh does not divide: padded with zeros, which change no loss, stay zero, and are
// in no checkpoint.
#include <gtest/gtest.h>

#include <atomic>

#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/verify/verify.h"
#include "models/model.h"
#include "tests/checkpoint/sample.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

constexpr int64_t kSteps = 20;

struct Case {
  const char *name, *text;
  Sets model;
};

const std::vector<Case> kCases{
    {"Gpt", kToyGpt, {"model.hidden=36", "model.heads=3"}},
    {"GroupedRotary",
     kToyGpt,
     {"model.heads=6", "model.kv_heads=3", "model.head_dim=8", "model.positions=rotary",
      "model.bias=qkv", "model.window=7", "model.rope_scaling=linear", "model.rope_factor=2"}},
    {"Bert", kToyBert, {"model.hidden=36", "model.heads=3"}},
    {"Bf16", kToyGpt, {"model.hidden=36", "model.heads=3", "precision.compute=bf16"}}};

const std::vector<Sets> kMeshes{{"mesh.tp=2"},
                                {"mesh.dp=2", "mesh.tp=2", "data_parallel.shard=parameters"},
                                {"mesh.tp=2", "mesh.sequence_parallel=true"},
                                {"mesh.dp=2", "mesh.head_multiple=4"}};

Config config_of(const Case& c, const Sets& mesh) {
  Sets sets{"model.vocab=64", "model.dropout=0.1", "batch.sequences=4"};
  sets.insert(sets.end(), c.model.begin(), c.model.end());
  return toy_config(c.text, sets, mesh);
}

void on_ranks(const Config& config, const std::function<void(ModelLearner&, World*)>& body) {
  set_thread_count(1);
  const auto run = [&](World* world) { body(*toy_learner(config, device(), world), world); };
  const int64_t ranks = mesh_of(config).size();
  if (ranks == 1) return run(nullptr);
  run_threads(static_cast<int>(ranks), [&](World& world) { run(&world); });
}

void save(ModelLearner& learner, World* world, const fs::path& folder) {
  const auto meet = [&] {
    if (world) world->all().barrier();
  };
  const int rank = world ? world->rank() : 0, size = world ? world->size() : 1;
  if (rank > 0) meet();
  CheckpointWriter writer(folder, 1, rank, size);
  if (rank == 0) meet();
  learner.save(writer);
  meet();
  if (rank == 0) commit(writer, "", "{}", 1);
  meet();
}

struct PaddedHeads : ::testing::TestWithParam<Case> {};

TEST_P(PaddedHeads, LossesAreThoseOfOneRank) {
  const bool low = std::string(GetParam().name) == "Bf16";
  std::vector<std::vector<double>> losses;
  std::vector<Sets> meshes = kMeshes;
  meshes.insert(meshes.begin(), Sets{});
  for (const Sets& mesh : meshes) {
    losses.emplace_back();
    on_ranks(config_of(GetParam(), mesh), [&](ModelLearner& learner, World* world) {
      for (int64_t i = 0; i < kSteps; ++i) {
        const double loss = learner.step(i).loss;
        if (!world || world->rank() == 0) losses.back().push_back(loss);
      }
    });
    for (size_t i = 0; i < losses[0].size(); ++i)
      EXPECT_NEAR(losses[0][i], losses.back()[i], low ? 0.02 : 2e-5) << mesh[0] << ", step " << i;
  }
}

/// Every state of attention that is padded, on every rank: beyond the model's own heads all bytes
/// are those of 0.
TEST_P(PaddedHeads, PaddingStaysZero) {
  for (const Sets& mesh : kMeshes) {
    const Config config = config_of(GetParam(), mesh);
    std::atomic<int64_t> padded = 0;
    on_ranks(config, [&](ModelLearner& learner, World* world) {
      for (int64_t i = 0; i < 3; ++i) learner.step(i);
      const Mesh ranks = mesh_of(config);
      Session& session = learner.session();
      for (const State& state : session.compiled().program.states()) {
        if (state.kept.empty()) continue;
        const Box box = box_of(state.whole, state.layout, ranks, world ? world->rank() : 0);
        const auto own =
            PartTensor{state.name, {state.type.dtype, state.kept}, box, nullptr}.stored();
        const auto view = session.state<std::byte>(state.name);
        std::vector<std::byte> bytes(view.begin(), view.end());
        const size_t size = size_of(state.type.dtype);
        const std::vector<std::byte> zeros(static_cast<size_t>(own.numel()) * size);
        copy_box(own, own, zeros.data(), box, bytes.data(), size);
        EXPECT_EQ(bytes, std::vector<std::byte>(bytes.size())) << state.name;
        padded += box.numel() - own.numel();
      }
    });
    EXPECT_GT(padded, 0) << mesh[0];
  }
}

/// A checkpoint holds the model's own heads alone: written padded it is read on one rank, and the
/// reverse, weights and moments alike, bit for bit.
TEST_P(PaddedHeads, CheckpointsFitAnyMesh) {
  for (const Sets& mesh : kMeshes) {
    TemporaryFolder padded, whole, again;
    on_ranks(config_of(GetParam(), mesh), [&](ModelLearner& learner, World* world) {
      for (int64_t i = 0; i < 2; ++i) learner.step(i);
      save(learner, world, padded.path);
    });
    const auto carry = [&](const fs::path& from, const Sets& on, const fs::path& to) {
      on_ranks(config_of(GetParam(), on), [&](ModelLearner& learner, World* world) {
        CheckpointReader reader(from / checkpoint_name(1));
        learner.load(reader);
        save(learner, world, to);
      });
    };
    carry(padded.path, {}, whole.path);
    carry(whole.path, mesh, again.path);
    CheckpointReader was(padded.path / checkpoint_name(1)), is(again.path / checkpoint_name(1));
    for (const std::string& name : was.names()) {
      const TensorType type = was.type(name);
      ASSERT_EQ(is.type(name), type);
      std::vector<std::byte> a(type.bytes()), b(type.bytes());
      was.read(name, Box::whole(type.shape), a.data());
      is.read(name, Box::whole(type.shape), b.data());
      EXPECT_EQ(a, b) << name;
    }
    EXPECT_EQ(was.type("layer.0.attention.k.weight").shape[0], 3);
  }
}

TEST_P(PaddedHeads, EveryValueIsVerified) {
  const Config one = config_of(GetParam(), {});
  const VerifyOptions options{shipped_models(), 2, host_device(device()), [&] {
                                LearnerData data;
                                data.vocab = *one.model.vocab;
                                data.batches = std::make_unique<ToyBatches>(one);
                                return data;
                              }};
  set_thread_count(1);
  const VerifyReport report = verify(one, config_of(GetParam(), {"mesh.tp=2"}), options);
  EXPECT_EQ(report.found, 0) << (report.findings.empty() ? "" : report.findings[0]);
}

INSTANTIATE_TEST_SUITE_P(Models, PaddedHeads, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tessera::testing
