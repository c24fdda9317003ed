// Evaluation over several batches: token losses are a mean over all scored tokens, the
// next-sentence loss one over sequences, however unevenly tokens and sequences lie in the batches.
#include <gtest/gtest.h>

#include <cmath>

#include "framework/core/error.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

double figure(const Evaluation& evaluation, const std::string& name) {
  for (const auto& [key, value] : evaluation.figures)
    if (key == name) return value;
  ADD_FAILURE() << "no figure " << name;
  return 0;
}

TEST(Evaluation, WeighsEachLossByItsOwnCount) {
  const Config config = toy_config(kToyBert, {"model.next_sentence=true"});
  const auto learner = toy_learner(config, device());
  const Evaluation got = learner->evaluate();

  const ToyBatches batches(config);
  double masked = 0, tokens = 0, sentences = 0, sequences = 0;
  std::vector<double> weights;
  for (int64_t i = 0; i < batches.evaluation_batches(); ++i) {
    const EvaluationBatch batch = batches.evaluation(i);
    Session& session = learner->session();
    write_feed(batch.feed, session, "evaluate");
    session.run("evaluate");
    const auto output = [&](const char* name) {
      return static_cast<double>(session.output<float>("evaluate", name)[0]);
    };
    masked += output("masked_loss") * batch.weight;
    tokens += batch.weight;
    weights.push_back(batch.weight);
    sentences += output("next_sentence_loss") * batch.sequences;
    sequences += batch.sequences;
  }
  ASSERT_NE(weights[0], weights[1]) << "even counts would hide a wrong weight";
  EXPECT_EQ(sequences, 4 + 4 + 1);
  const double sentence_loss = sentences / sequences;
  EXPECT_DOUBLE_EQ(figure(got, "masked_loss"), masked / tokens);
  EXPECT_DOUBLE_EQ(figure(got, "next_sentence_loss"), sentence_loss);
  EXPECT_DOUBLE_EQ(got.loss, masked / tokens + sentence_loss);
}

TEST(Evaluation, PaddingRowsHaveNoNextSentence) {
  const Config config = toy_config(kToyBert, {"model.next_sentence=true"});
  const auto learner = toy_learner(config, device());
  Session& session = learner->session();
  const auto sentence_loss = [&](const Feed& feed) {
    write_feed(feed, session, "evaluate");
    session.run("evaluate");
    return session.output<float>("evaluate", "next_sentence_loss")[0];
  };
  Feed feed = ToyBatches(config).evaluation(2).feed;  // one sequence, three rows of padding
  std::vector<int32_t>& target = feed.integers.back().second;
  ASSERT_EQ(feed.integers.back().first, "next_sentence");
  const float loss = sentence_loss(feed);
  for (size_t row = 1; row < target.size(); ++row) target[row] = 1 - target[row];
  EXPECT_EQ(sentence_loss(feed), loss);
  target[0] = 1 - target[0];
  const float other = sentence_loss(feed);
  EXPECT_NEAR(std::exp(-loss) + std::exp(-other), 1, 1e-5) << "the loss of one sequence, whole";
}

/// No held-out sample at all.
class NothingHeldOut : public ToyBatches {
 public:
  using ToyBatches::ToyBatches;
  int64_t evaluation_batches() const override { return 0; }
};

TEST(Evaluation, OfNothingIsRefused) {
  const Config config = toy_config(kToyGpt);
  LearnerData data;
  data.vocab = *config.model.vocab;
  data.batches = std::make_unique<NothingHeldOut>(config);
  ModelLearner learner(shipped_models(), config, std::move(data), host_device(device()));
  EXPECT_THROW(learner.evaluate(), UserError);
}

}  // namespace
}  // namespace tessera::testing
