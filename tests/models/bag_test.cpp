// A model that the program does not have: one row more in the table, and nothing else, trains on
// any mesh, is saved and loaded, evaluated and planned.
#include "tests/models/bag.h"

#include <gtest/gtest.h>

#include <fstream>

#include "framework/assembly/layouts.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/checkpoint/checkpoint_writer.h"
#include "framework/comm/threads.h"
#include "framework/config/print.h"
#include "framework/config/reference.h"
#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/train/model_learner.h"
#include "models/random_batches.h"
#include "tests/config/expect_error.h"
#include "tests/data/text_folder.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

constexpr const char* kBag = R"(
model: {type: bag, hidden: 16, context: 12, init_std: 0.3, classes: 4}
batch: {sequences: 8, accumulate: 2}
optimizer: {lr: 1e-2}
schedule: {type: constant}
data: {validation: 0.2}
evaluate: {batches: 2}
)";

class Bag : public ::testing::Test {
 protected:
  Bag() {
    std::vector<std::string> texts;
    for (size_t d = 0; d < 30; ++d) texts.push_back(random_text(d, 600));
    make_shards(folder_, texts);
  }

  Config config(Sets sets = {}) const {
    sets.push_back("data.shards=" + (folder_.path() / "shards").string());
    return parse_config(models_.kinds(), kBag, "bag", sets);
  }

  /// Makes updates on every rank of the config's mesh and returns rank 0's losses; `body` is called
  /// at the end with each rank's learner.
  std::vector<double> train(const Config& config, int64_t steps,
                            const std::function<void(ModelLearner&, World*)>& body = {}) const {
    std::vector<double> losses;
    set_thread_count(1);
    const auto run = [&](World* world) {
      ModelLearner learner(models_, config, open_data(models_, config), host_device(device()), true,
                           world);
      for (int64_t i = 0; i < steps; ++i) {
        const double loss = learner.step(i).loss;
        if (!world || world->rank() == 0) losses.push_back(loss);
      }
      if (body) body(learner, world);
    };
    const int64_t ranks = mesh_of(config).size();
    if (ranks == 1)
      run(nullptr);
    else
      run_threads(static_cast<int>(ranks), [&](World& world) { run(&world); });
    return losses;
  }

  const Models models_ = models_and_bag();
  TemporaryFolder folder_;
};

const Sets kMesh{"mesh.dp=2", "mesh.tp=2"};

TEST_F(Bag, TrainsOnAMeshAsOnOneRank) {
  const std::vector<double> one = train(config(), 30), many = train(config(kMesh), 30);
  ASSERT_EQ(one.size(), many.size());
  for (size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(one[i], many[i], 1e-5) << i;
  EXPECT_LT(one.back(), one.front());
}

TEST_F(Bag, ItsCheckpointOfAMeshGoesOnOnOneRank) {
  const std::filesystem::path folder = folder_.path() / "checkpoint";
  const Config on_mesh = config(kMesh);
  train(on_mesh, 3, [&](ModelLearner& learner, World* world) {
    if (world->rank() > 0) world->all().barrier();
    CheckpointWriter writer(folder, 3, world->rank(), world->size());
    if (world->rank() == 0) world->all().barrier();
    learner.save(writer);
    world->all().barrier();
    CheckpointVerdicts verdicts;
    if (world->rank() == 0) writer.commit(to_yaml(on_mesh), "{}", 1, verdicts);
    world->all().barrier();
  });
  CheckpointReader reader(folder / "step-00000003");
  const Config saved =
      parse_config(models_.kinds(), reader.config_text(), "saved", Sets{"mesh.dp=1", "mesh.tp=1"});
  ModelLearner learner(models_, saved, open_data(models_, saved), host_device(device()));
  learner.load(reader);
  const std::vector<double> whole = train(config(), 5);
  for (int64_t i = 3; i < 5; ++i)
    EXPECT_NEAR(learner.step(i).loss, whole[static_cast<size_t>(i)], 1e-5);
}

TEST_F(Bag, IsEvaluatedByItsOwnFigures) {
  const Config c = config();
  ModelLearner learner(models_, c, open_data(models_, c), host_device(device()));
  const Evaluation evaluation = learner.evaluate();
  ASSERT_EQ(evaluation.figures.size(), 1u);
  EXPECT_EQ(evaluation.figures[0].first, "accuracy");
  EXPECT_GT(evaluation.figures[0].second, 0.05);
  EXPECT_NEAR(evaluation.loss, std::log(4.0), 0.5);
}

TEST_F(Bag, RunsOnRandomTokens) {
  const Config c = config();
  ModelLearner learner(models_, c, {make_random_batches(models_, c, 64), 64, nullptr},
                       host_device(device()));
  EXPECT_NEAR(learner.step(0).loss, std::log(4.0), 0.5);
}

TEST_F(Bag, GeneratesNoText) {
  EXPECT_EQ(user_error_of(
                [&] { assemble_generation(models_, config(), 64, {.positions = 8, .prompt = 8}); }),
            "only a gpt generates text; this model is bag");
}

TEST_F(Bag, DeclaresItsKeys) {
  EXPECT_NE(to_yaml(config()).find("classes: 4"), std::string::npos);
  EXPECT_EQ(parse_config(models_.kinds(), to_yaml(config()), "again"), config());
  const std::string page = config_reference_markdown(models_.kinds());
  EXPECT_NE(
      page.find("| `classes` | integer, 2 to 65536 | `8` | bag: classes of the next token. |"),
      std::string::npos);
  EXPECT_NE(config_schema_json(models_.kinds()).find("\"classes\""), std::string::npos);
}

/// A setting is honoured or refused, also where a model does not know of it.
TEST_F(Bag, RefusesKeysThatItDoesNotRead) {
  const auto error = [&](const char* set) { return user_error_of([&] { config({set}); }); };
  EXPECT_NE(error("model.layers=2").find("model.layers = 2 has no effect with model.type: bag"),
            std::string::npos);
  EXPECT_NE(error("mesh.sequence_parallel=true").find("has no effect with model.type: bag"),
            std::string::npos);
  EXPECT_NE(error("data.mask_rate=20%").find("has no effect with model.type: bag"),
            std::string::npos);
  EXPECT_NE(error("model.classes=1").find("model.classes"), std::string::npos);
  const auto gpt = [&](const std::string& keys) {
    return user_error_of([&] {
      parse_config(models_.kinds(),
                   "model: {type: gpt, layers: 1, hidden: 8, heads: 1" + keys + "}", "gpt");
    });
  };
  EXPECT_NE(gpt(", classes: 3").find("model.classes = 3 has no effect with model.type: gpt"),
            std::string::npos);
}

TEST_F(Bag, ARowNamesNoKeyThatEveryModelReads) {
  Models models = models_and_bag();
  models.rows.back().kind.reads.emplace_back("model.vocab");
  try {
    models.kinds();
    FAIL() << "gpt and bert would refuse model.vocab";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find("the row of bag names model.vocab"), std::string::npos)
        << error.what();
  }
}

TEST_F(Bag, IsUnknownToTheProgram) {
  const std::string error =
      user_error_of([&] { parse_config(shipped_models().kinds(), kBag, "bag"); });
  EXPECT_NE(error.find("gpt, bert"), std::string::npos) << error;
}

}  // namespace
}  // namespace tessera::testing
