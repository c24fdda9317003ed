// Training on meshes of real processes: the same curve on every mesh, through mpirun and across
// network namespaces, and checkpoints that go on anywhere.
#include "tests/launch/mesh_run.h"
#include "tests/places.h"

namespace tessera {
namespace {

struct Place {
  std::string name;
  int ranks;
  std::string sets;
};

class MeshTrain : public MeshRun {
 protected:
  void expect_close(const std::string& run, const std::string& reference, size_t skip = 0) const {
    const std::vector<double> found = losses(run), expected = losses(reference);
    ASSERT_EQ(found.size() + skip, expected.size()) << run;
    for (size_t i = 0; i < found.size(); ++i)
      EXPECT_NEAR(found[i], expected[i + skip], 2e-5) << run << ", line " << i;
  }

  /// Trains on a mesh; then goes on from the middle there, bit for bit, and on other places, to
  /// rounding.
  void resumes(const std::string& model, const Place& place, const std::vector<Place>& others) {
    const std::string whole = model + place.name;
    finishes(on(place.ranks, train(model, whole, place.sets)));
    ASSERT_EQ(losses(whole).size(), 6U);
    fork_at_3(whole, whole + "-again");
    finishes(on(place.ranks, train(model, whole + "-again", place.sets)));
    const std::vector<double> all = losses(whole);
    EXPECT_EQ(losses(whole + "-again"), std::vector<double>(all.begin() + 3, all.end()));
    EXPECT_EQ(tensors(whole, "step-00000006"), tensors(whole + "-again", "step-00000006"));
    EXPECT_FALSE(tensors(whole, "step-00000006").empty());
    for (const Place& other : others) {
      const std::string run = whole + "-on-" + other.name;
      fork_at_3(whole, run);
      finishes(on(other.ranks, train(model, run, other.sets)));
      expect_close(run, whole, 3);
    }
  }
};

using LongMeshTrain = MeshTrain;

const Place kOne{"one", 1, ""};
const Place kDp{"dp2", 2, "mesh.dp=2"}, kTp{"tp2", 2, "mesh.tp=2"};
const Place kBoth{"dp2tp2", 4, "mesh.dp=2 mesh.tp=2"};

TEST_F(MeshTrain, EveryMeshHasTheSameCurve) {
  for (const std::string model : {"gpt", "bert"}) {
    for (const Place& place : {kOne, kDp, kTp, kBoth}) {
      finishes(on(place.ranks, train(model, model + place.name, place.sets)));
      expect_close(model + place.name, model + "one");
    }
  }
}

TEST_F(MeshTrain, HostsHaveTheSameCurve) {
  if (!namespaces_work()) GTEST_SKIP() << "no network namespaces here";
  finishes(train("gpt", "one"));
  finishes(on_hosts(2, train("gpt", "two", "mesh.dp=2 data_parallel.shard=gradients")));
  expect_close("two", "one");
  finishes(on_hosts(4, train("gpt", "four", kBoth.sets)));
  expect_close("four", "one");
}

TEST_F(MeshTrain, AGivenPeakIsThatOfAllRanks) {
  const Ended ended = shell(on(2, train("gpt", "split", "mesh.dp=2")));
  EXPECT_NE(ended.output.find("÷ 100 GFLOP/s (as given, for all ranks)"), std::string::npos)
      << ended.output;
}

TEST_F(MeshTrain, OneProcessEvaluatesWhatAMeshHasTrained) {
  finishes(on(2, train("gpt", "split", "mesh.dp=2")));
  for (const char* source : {"", "/checkpoints/step-00000006"})
    finishes(program_path() + " eval " + path("split") + source + " --set data.validation=20%");
}

TEST_F(MeshTrain, GoesOnFromACheckpointOnAnyMesh) {
  resumes("gpt", {"sharded", 4, "mesh.dp=2 mesh.tp=2 data_parallel.shard=parameters"},
          {kOne, kTp, {"dp4", 4, "mesh.dp=4 data_parallel.shard=optimizer"}});
  resumes("bert", {"dp2", 2, "mesh.dp=2 data_parallel.shard=optimizer"}, {kOne, kBoth});
}

TEST_F(LongMeshTrain, GoesOnFromEveryMeshAndShardingOnEveryOther) {
  for (const std::string model : {"gpt", "bert"}) {
    for (const Place& mesh : {kDp, kTp, kBoth}) {
      for (const std::string shard : {"none", "optimizer", "gradients", "parameters"}) {
        if (mesh.name == "tp2" && shard != "none") continue;
        resumes(model, {mesh.name + shard, mesh.ranks, mesh.sets + " data_parallel.shard=" + shard},
                {kOne, kDp, kTp, kBoth, {"fsdp", 2, "mesh.dp=2 data_parallel.shard=parameters"}});
      }
    }
  }
}

}  // namespace
}  // namespace tessera
