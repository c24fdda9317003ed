// Classifiers: loss, probabilities and gradients are PyTorch's; on meshes they are those of one
// rank, and so are the figures of an evaluation; what is frozen stays.
#include <gtest/gtest.h>

#include <numeric>

#include "framework/assembly/layouts.h"
#include "framework/comm/threads.h"
#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/formats/safetensors_reader.h"
#include "tests/config/expect_error.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/ladder.h"
#include "tests/models/toy_examples.h"
#include "tests/places.h"

namespace tessera::testing {
namespace {

/// One batch, whatever is asked for.
class OneBatch : public Batches {
 public:
  explicit OneBatch(Feed feed) : feed_(std::move(feed)) {}
  std::vector<Feed> update(int64_t, const BatchRows&) const override { return {feed_}; }
  EvaluationBatch evaluation(int64_t) const override {
    EvaluationBatch out;
    out.feed = feed_;
    out.labels = *feed_.find_integers("labels");
    out.weights = *feed_.find_reals("weights");
    for (const float w : out.weights) out.weight += static_cast<double>(w);
    return out;
  }
  int64_t evaluation_batches() const override { return 1; }
  std::vector<std::string> identity(int64_t, int64_t) const override { return {}; }

 private:
  Feed feed_;
};

class GoldenClassifier : public ::testing::TestWithParam<const char*> {
 protected:
  const SafetensorsReader file_{source_dir() + "/tests/golden/classify/" + GetParam() +
                                ".safetensors"};

  template <typename T>
  std::vector<T> values(const std::string& name) const {
    std::vector<T> out(static_cast<size_t>(file_.type(name).numel()));
    file_.read(name, out.data());
    return out;
  }
  Feed feed() const {
    Feed feed{{{"tokens_in", values<int32_t>("batch/tokens")},
               {"lengths", values<int32_t>("batch/lengths")},
               {"labels", values<int32_t>("batch/labels")}},
              {{"weights", values<float>("batch/weights")}}};
    if (file_.contains("batch/segments"))
      feed.integers.emplace_back("segments_in", values<int32_t>("batch/segments"));
    float count = 0;
    for (const float w : feed.reals[0].second) count += w;
    feed.reals.push_back({"count", {count}});
    return feed;
  }
};

TEST_P(GoldenClassifier, OneStepIsPyTorchs) {
  const Config config =
      parse_config(shipped_models().kinds(), file_.metadata().at("config"), GetParam(), {});
  LearnerData data;
  data.vocab = *config.model.vocab;
  data.batches = std::make_unique<OneBatch>(feed());
  ModelLearner learner(shipped_models(), config, std::move(data), host_device(device()));
  learner.initialize();
  for (const Parameter& p : learner.parameters())
    learner.session().upload(learner.session().state(p.name), values<float>("param/" + p.name));

  ErrorTable table(GetParam(), 2e-5);
  const double loss = values<float>("loss")[0];
  table.add("validation loss", std::abs(learner.evaluate().loss - loss));
  table.add("probabilities",
            worst_error(learner.session().output<float>("evaluate", "probabilities"),
                        values<float>("probabilities")));
  table.add("loss", std::abs(learner.step(0).loss - loss));
  for (const Parameter& p : learner.parameters()) {
    if (p.name.ends_with("attention.k.bias")) continue;  // its true gradient is 0
    const auto before = values<float>("param/" + p.name);
    const auto after = learner.session().state<float>(p.name);
    std::vector<float> gradient;
    for (size_t i = 0; i < before.size(); ++i) gradient.push_back(before[i] - after[i]);
    table.add(p.name, mean_error(gradient, values<float>("grad/" + p.name)));
  }
}

INSTANTIATE_TEST_SUITE_P(Classifiers, GoldenClassifier,
                         ::testing::Values("bert_cls", "bert_mean", "bert_last", "gpt_last",
                                           "gpt_mean"),
                         [](const auto& test) { return std::string(test.param); });

struct Training {
  std::vector<double> losses;
  Evaluation evaluation;
};

Training train(const ToyExamples& examples, const Config& config, int64_t steps = 12) {
  Training out;
  set_thread_count(1);
  const auto run = [&](World* world) {
    ModelLearner learner(shipped_models(), config, examples.data(config), host_device(device()),
                         true, world);
    std::vector<double> losses;
    for (int64_t i = 0; i < steps; ++i) losses.push_back(learner.step(i).loss);
    const Evaluation evaluation = learner.evaluate();
    if (!world || world->rank() == 0) out = {losses, evaluation};
  };
  const int64_t ranks = mesh_of(config).size();
  if (ranks == 1)
    run(nullptr);
  else
    run_threads(static_cast<int>(ranks), [&](World& world) { run(&world); });
  return out;
}

class ClassifierLadder : public ::testing::TestWithParam<Rung> {};

void expect_same(const char* text, const Sets& base, const Rung& rung, double bound) {
  const ToyExamples examples;
  Sets sets = sets_of(rung);
  sets.insert(sets.end(), base.begin(), base.end());
  const Training one = train(examples, examples.config(text, base)),
                 many = train(examples, examples.config(text, sets));
  for (size_t i = 0; i < one.losses.size(); ++i)
    EXPECT_NEAR(one.losses[i], many.losses[i], bound) << "step " << i;
  const auto sum = [](auto first, auto last) { return std::accumulate(first, last, 0.0); };
  EXPECT_LT(sum(one.losses.end() - 4, one.losses.end()),
            sum(one.losses.begin(), one.losses.begin() + 4));
  EXPECT_NEAR(one.evaluation.loss, many.evaluation.loss, bound);
  if (bound < 1e-3) {
    EXPECT_EQ(one.evaluation.figures, many.evaluation.figures);
  }
}

const Sets kDropout{"model.dropout=0.1"};

TEST_P(ClassifierLadder, Bert) { expect_same(kToyClassifierBert, kDropout, GetParam(), 2e-5); }
TEST_P(ClassifierLadder, Gpt) { expect_same(kToyClassifierGpt, kDropout, GetParam(), 2e-5); }
TEST_P(ClassifierLadder, FrozenMeanInBf16) {
  expect_same(kToyClassifierBert,
              {"task.pooling=mean", "tune.freeze=[embeddings, layer.0]", "precision.compute=bf16"},
              GetParam(), 0.03);
}

TEST(ClassifierMesh, EveryPoolingOfOtherModels) {
  const Sets llama{"model.positions=rotary", "model.rope_scaling=llama3",
                   "model.rope_factor=4",    "model.norm=rms",
                   "model.bias=qkv",         "model.kv_heads=2",
                   "model.window=5"};
  const Sets roberta{"model.first_position=2", "model.segments=1", "model.masked_head=false"};
  const Rung rung{2, 2, "none", false, 1, "none"};
  for (const char* pooling : {"mean", "last", "cls"}) {
    const auto with = [&](Sets sets) {
      sets.push_back(std::string("task.pooling=") + pooling);
      return sets;
    };
    SCOPED_TRACE(pooling);
    expect_same(kToyClassifierBert, with(roberta), rung, 2e-5);
    if (pooling != std::string("cls")) expect_same(kToyClassifierGpt, with(llama), rung, 2e-5);
  }
}

INSTANTIATE_TEST_SUITE_P(Meshes, ClassifierLadder,
                         ::testing::Values(Rung{2, 1, "none", false, 1, "none"},
                                           Rung{1, 2, "none", false, 1, "none"},
                                           Rung{2, 2, "none", false, 1, "none"},
                                           Rung{2, 1, "gradients", false, 3, "selective"},
                                           Rung{2, 2, "parameters", true, 3, "full"},
                                           Rung{2, 2, "optimizer", true, 1, "none"}),
                         [](const auto& test) { return name_of(test.param); });

/// An evaluation reads all that is held out, and padding in the last batch counts for nothing.
TEST(Classifier, FiguresDoNotDependOnTheBatch) {
  const ToyExamples examples;
  std::optional<Evaluation> first;
  for (const char* size : {"1", "4", "12", "64"}) {
    const Config config =
        examples.config(kToyClassifierBert, {std::string("batch.sequences=") + size});
    ModelLearner learner(shipped_models(), config, examples.data(config), host_device(device()));
    const Evaluation evaluation = learner.evaluate();
    if (!first) first = evaluation;
    EXPECT_NEAR(evaluation.loss, first->loss, 1e-5) << size;
    EXPECT_EQ(evaluation.figures, first->figures) << size;
  }
  ASSERT_EQ(first->figures.size(), 4u);
  EXPECT_EQ(first->figures[0].first, "accuracy");
}

TEST(Classifier, WhatIsFrozenStaysAndHasNoMoments) {
  const ToyExamples examples;
  for (const char* accumulate : {"1", "3"}) {
    const Config config =
        examples.config(kToyClassifierBert, {"tune.freeze=[embeddings, layer.0, layer.1.mlp.*]",
                                             std::string("batch.accumulate=") + accumulate});
    ModelLearner learner(shipped_models(), config, examples.data(config), host_device(device()));
    learner.initialize();
    std::map<std::string, std::vector<float>> before;
    for (const Parameter& p : learner.parameters()) {
      const auto values = learner.session().state<float>(p.name);
      before[p.name] = {values.begin(), values.end()};
    }
    learner.step(0);
    int frozen = 0;
    for (const Parameter& p : learner.parameters()) {
      const auto now = learner.session().state<float>(p.name);
      const bool stays = std::equal(now.begin(), now.end(), before[p.name].begin());
      const bool meant = !p.name.starts_with("layer.1.attention") &&
                         !p.name.starts_with("pooler") && !p.name.starts_with("classifier");
      EXPECT_EQ(stays, meant) << p.name;
      const Program& program = learner.session().compiled().program;
      EXPECT_EQ(program.find_state(p.name + "@m") == nullptr, meant) << p.name;
      EXPECT_EQ(program.find_state(p.name + "@grad") == nullptr,
                meant || config.batch.accumulate == 1)
          << p.name;
      frozen += meant;
    }
    EXPECT_EQ(frozen, 27);
    EXPECT_NE(learner.header().find("frozen: embeddings (5 tensors), layer.0 (16 tensors), "
                                    "layer.1.mlp.* (6 tensors); "),
              std::string::npos)
        << learner.header();
  }
}

TEST(Classifier, RefusesToFreezeWhatIsNotThere) {
  const ToyExamples examples;
  const auto error = [&](const std::string& freeze) {
    const Config config = examples.config(kToyClassifierBert, {"tune.freeze=" + freeze});
    return user_error_of([&] { assemble_training(shipped_models(), config, 261); });
  };
  EXPECT_EQ(error("[layer.0, layer.7]"),
            "tune.freeze: 'layer.7' names no parameter; their names begin with: tokens, positions, "
            "segments, embedding_norm, layer.0, layer.1, pooler, classifier");
  EXPECT_EQ(error("[pooler, \"*\"]"),
            "tune.freeze: [pooler, *] leaves no parameter to train; freeze less");
}

TEST(Classifier, ItsConfigIsCheckedTogether) {
  const auto error = [&](const char* text, const Sets& sets) {
    return user_error_of([&] { toy_config(text, sets, {"data.train=a.tsv"}); });
  };
  const auto expect = [](const std::string& error, const std::string& part) {
    EXPECT_NE(error.find(part), std::string::npos) << error;
  };
  expect(error(kToyClassifierBert, {"task.text=[a, b, c]"}), "names one column or two, not 3");
  expect(error(kToyClassifierBert, {"task.label=text"}),
         "task.text and task.label are both 'text'");
  expect(error(kToyClassifierBert, {"task.labels=[a]"}), "there is nothing to tell apart");
  expect(error(kToyClassifierBert, {"task.labels=[a, b, a]"}), "task.labels names a label twice");
  expect(error(kToyClassifierBert, {"task.labels=[a, b]"}),
         "has 3 numbers, and there are 2 labels");
  expect(error(kToyClassifierBert, {"task.class_weights=some"}), "some' is no number from 0");
  expect(error(kToyClassifierBert, {"task.max_length=25"}), "exceeds model.context = 24");
  expect(error(kToyClassifierBert, {"batch.length=8"}), "both say how long a text may be");
  expect(error(kToyClassifierBert, {"data.shards=x"}), "no effect with task.type: classify");
  expect(error(kToyClassifierBert, {"evaluate.batches=3"}), "no effect with task.type: classify");
  expect(error(kToyClassifierGpt, {"task.pooling=cls"}), "sees no token but itself");
  expect(error(kToyGpt, {}), "data.train = a.tsv has no effect with task.type: pretrain");
  expect(user_error_of([&] { toy_config(kToyClassifierBert); }),
         "task.type: classify needs data.train");
}

}  // namespace
}  // namespace tessera::testing
