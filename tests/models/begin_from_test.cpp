// A model takes its tensors from any source, on any mesh, and names all that does not fit at once.
#include <gtest/gtest.h>

#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/threads.h"
#include "framework/mesh/box.h"
#include "tests/checkpoint/sample.h"
#include "tests/models/device.h"
#include "tests/models/memory_source.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

/// All that a learner saves, by way of a checkpoint.
MemorySource saved(ModelLearner& learner) {
  TemporaryFolder folder;
  CheckpointWriter writer(folder.path, 1);
  learner.save(writer);
  CheckpointReader reader(commit(writer, "", "{}", 1));
  MemorySource source;
  for (const std::string& name : reader.names()) {
    const TensorType type = reader.type(name);
    auto& [held, bytes] = source.tensors[name];
    held = type;
    bytes.resize(type.bytes());
    reader.read(name, Box::whole(type.shape), bytes.data());
  }
  return source;
}

/// The losses of four updates of a run on `mesh` that begins from `source`.
std::vector<double> losses_from(const MemorySource& source, const Sets& mesh, bool with_optimizer,
                                int64_t first = 0) {
  const Config config = toy_config(kToyGpt, {"model.vocab=64"}, mesh);
  std::vector<double> losses;
  const auto run = [&](World* world) {
    MemorySource mine = source;
    const auto learner = toy_learner(config, device(), world);
    learner->begin_from(mine, with_optimizer);
    for (int64_t i = first; i < first + 4; ++i) {
      const double loss = learner->step(i).loss;
      if (!world || world->rank() == 0) losses.push_back(loss);
    }
  };
  set_thread_count(1);
  const int64_t ranks = mesh_of(config).size();
  if (ranks == 1)
    run(nullptr);
  else
    run_threads(static_cast<int>(ranks), [&](World& world) { run(&world); });
  return losses;
}

TEST(BeginFrom, AnyMeshGoesOnAlike) {
  const auto learner = toy_learner(toy_config(kToyGpt, {"model.vocab=64"}), device());
  for (int64_t i = 0; i < 5; ++i) learner->step(i);
  const MemorySource source = saved(*learner);
  for (const bool kept : {false, true}) {
    const std::vector<double> one = losses_from(source, {}, kept);
    for (const Sets& mesh :
         {Sets{"mesh.tp=2"}, Sets{"mesh.dp=2", "mesh.tp=2", "data_parallel.shard=parameters"}}) {
      const std::vector<double> many = losses_from(source, mesh, kept);
      for (size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(many[i], one[i], 2e-5) << mesh[0];
    }
  }
}

TEST(BeginFrom, AKeptOptimizerGoesOnAsIfNothingHadHappened) {
  const auto learner = toy_learner(toy_config(kToyGpt, {"model.vocab=64"}), device());
  for (int64_t i = 0; i < 5; ++i) learner->step(i);
  const MemorySource source = saved(*learner);
  const std::vector<double> kept = losses_from(source, {}, true, 5),
                            fresh = losses_from(source, {}, false, 5);
  for (int64_t i = 5; i < 9; ++i)
    EXPECT_EQ(learner->step(i).loss, kept[static_cast<size_t>(i - 5)]) << i;
  EXPECT_EQ(fresh[0], kept[0]);  // the weights are the same, their next update is not
  EXPECT_NE(fresh[1], kept[1]);
}

TEST(BeginFrom, AllThatDoesNotFitIsListedAtOnce) {
  const auto learner = toy_learner(toy_config(kToyGpt, {"model.vocab=64"}), device());
  learner->initialize();
  MemorySource source = saved(*learner);
  const std::string name = learner->parameters().front().name,
                    last = learner->parameters().back().name;
  source.tensors.erase(last);
  source.tensors[name].first.shape.push_back(1);
  source.tensors["stranger"] = source.tensors[name];
  const auto again = toy_learner(toy_config(kToyGpt, {"model.vocab=64"}), device());
  const std::string error = user_error_of([&] { again->begin_from(source, false); });
  const std::vector<std::string> parts{"init.from: memory does not fit this model:\n",
                                       "'" + name + "' is f32", "'" + last + "' is missing",
                                       "'stranger' f32"};
  for (const std::string& part : parts)
    EXPECT_NE(error.find(part), std::string::npos) << part << " is not in " << error;
  source = saved(*learner);
  source.tensors.erase(name + "@m");
  EXPECT_NO_THROW(again->begin_from(source, false));  // moments are not asked for
  EXPECT_NE(user_error_of([&] { again->begin_from(source, true); }).find(name + "@m' is missing"),
            std::string::npos);
  EXPECT_NE(user_error_of([&] { again->load(source); }).find("memory is of another model"),
            std::string::npos);
}

}  // namespace
}  // namespace tessera::testing
