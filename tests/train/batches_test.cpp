// What a model is fed from token shards: counts, padding, and which held-out samples an evaluation
// reads.
#include <cmath>

#include "framework/assembly/assemble.h"
#include "framework/config/parse.h"
#include "framework/data/bert_sampler.h"
#include "framework/data/gpt_sampler.h"
#include "framework/data/ngram.h"
#include "framework/data/token_split.h"
#include "framework/train/model_learner.h"
#include "models/bert.h"
#include "models/model.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

constexpr const char* kBert = R"(
model: {type: bert, layers: 1, hidden: 8, heads: 1, context: 100, vocab: 261, next_sentence: true}
data: {sentence_pairs: true, validation: 0.2}
batch: {sequences: 8}
)";

constexpr const char* kGpt = R"(
model: {type: gpt, layers: 1, hidden: 8, heads: 1, context: 20, vocab: 261}
data: {validation: 0.2}
batch: {sequences: 12}
evaluate: {batches: 2}
)";

Config config_of(const char* text, const std::vector<std::string>& sets) {
  return parse_config(shipped_models().kinds(), text, "batches", sets);
}

class BatchesTest : public testing::Test {
 protected:
  /// Thirty documents.
  BatchesTest() {
    std::vector<std::string> texts;
    for (size_t d = 0; d < 30; ++d) texts.push_back(random_text(d, 600));
    shards_ = make_shards(folder_, texts);
  }
  std::unique_ptr<Batches> batches(const Config& config) const {
    return make_batches(shipped_models().of(config), config,
                        split_tokens(shards_, config.data.validation));
  }

  TemporaryFolder folder_;
  std::shared_ptr<const TokenShards> shards_;
};

/// What an evaluation predicts, in order.
std::vector<int32_t> scored_labels(const Batches& batches) {
  std::vector<int32_t> out;
  for (int64_t i = 0; i < batches.evaluation_batches(); ++i) {
    const EvaluationBatch batch = batches.evaluation(i);
    for (size_t k = 0; k < batch.labels.size(); ++k)
      if (batch.weights[k] > 0) out.push_back(batch.labels[k]);
  }
  return out;
}

const std::vector<float>& reals(const Feed& feed, const std::string& name) {
  for (const auto& [key, values] : feed.reals)
    if (key == name) return values;
  throw std::out_of_range(name);
}

/// Whatever the rows and micro-steps, a mixture gives the same samples, and held-out batches are of
/// one source each.
TEST_F(BatchesTest, AMixtureIsTheSameForAllRows) {
  const TemporaryFolder folder;
  const auto more = make_shards(folder, {random_text(50, 9000), random_text(51, 9000)});
  for (const char* text : {kGpt, kBert}) {
    const auto mixed = [&](const std::vector<std::string>& sets) {
      const Config config = config_of(text, sets);
      return make_batches(
          shipped_models().of(config), config,
          Corpus({{.name = "a", .split = split_tokens(shards_, 0.2), .weight = 2},
                  {.name = "b", .split = split_tokens(more, 0.2), .weight = 1, .from = 4}}));
    };
    const auto one = mixed({"batch.sequences=12"});
    const std::vector<int32_t> whole = *one->update(0)[0].find_integers("tokens_in");
    std::vector<int32_t> parts;
    const auto other = mixed({"batch.sequences=6", "batch.accumulate=2"});
    for (const int64_t first : {0, 6})
      for (int64_t micro = 0; micro < 2; ++micro)
        for (const Range rows : {Range{0, 1}, Range{1, 3}}) {
          const Feed feed = other->update(first, {rows, {}})[static_cast<size_t>(micro)];
          const std::vector<int32_t>& ids = *feed.find_integers("tokens_in");
          parts.insert(parts.end(), ids.begin(), ids.end());
        }
    EXPECT_EQ(parts, whole);
    EXPECT_EQ(one->place(3).source, 0u);
    EXPECT_EQ(one->sources().size(), 2u);
    std::vector<int64_t> batches(2, 0);
    for (int64_t i = 0; i < one->evaluation_batches(); ++i) ++batches[one->evaluation(i).source];
    EXPECT_GT(batches[0], 0);
    EXPECT_GT(batches[1], 0);
  }
}

TEST_F(BatchesTest, MaskRateWhoseProductRoundsUp) {
  const Config config = config_of(kBert, {"data.mask_rate=14%"});
  EXPECT_EQ(masked_positions(config), 14);  // 0.14 · 100 is a little above 14
  EXPECT_EQ(reals(batches(config)->update(0)[0], "weights").size(), 8u * 14u);
}

/// A rank's rows are those of the whole batch, and the counts are summed over all ranks'.
TEST_F(BatchesTest, ARankMakesItsOwnRows) {
  for (const char* text : {kGpt, kBert}) {
    const Config config = config_of(text, {"batch.sequences=8", "batch.accumulate=2"});
    const auto all = batches(config);
    const std::vector<Feed> whole = all->update(8);
    std::vector<double> other(2);
    for (const Range rows : {Range{0, 1}, Range{1, 4}}) {
      std::vector<double> mine;
      const std::vector<Feed> part = all->update(8, {rows, [&](std::span<double> sums) {
                                                       mine.assign(sums.begin(), sums.end());
                                                       for (size_t i = 0; i < sums.size(); ++i)
                                                         sums[i] += other[i];
                                                     }});
      ASSERT_EQ(part.size(), whole.size());
      const auto expect_rows = [&](const auto& few, const auto& many, const std::string& name) {
        const size_t row = many.size() / 4, begin = static_cast<size_t>(rows.begin) * row;
        ASSERT_EQ(few.size(), static_cast<size_t>(rows.size()) * row) << name;
        EXPECT_TRUE(
            std::equal(few.begin(), few.end(), many.begin() + static_cast<std::ptrdiff_t>(begin)))
            << name;
      };
      for (size_t m = 0; m < part.size(); ++m) {
        EXPECT_EQ(part[m].rows, rows);
        for (size_t i = 0; i < part[m].integers.size(); ++i)
          expect_rows(part[m].integers[i].second, whole[m].integers[i].second,
                      part[m].integers[i].first);
        for (size_t i = 0; i < part[m].reals.size(); ++i)
          if (const auto& [name, values] = whole[m].reals[i]; values.size() > 1)
            expect_rows(part[m].reals[i].second, values, name);
      }
      if (rows.begin == 1) {
        EXPECT_EQ(reals(part[0], "count"), reals(whole[0], "count"));
      }
      other = mine;
    }
  }
}

TEST_F(BatchesTest, EvaluationIsSpreadOverTheHeldOutPart) {
  Config config = config_of(kGpt, {});
  const TokenSplit split = split_tokens(shards_, 0.2);
  const uint64_t held_out = GptSampler(split, 1, 20).validation_samples();
  ASSERT_GT(held_out, 100u);
  const auto samples = evaluation_samples(config, held_out);
  ASSERT_EQ(samples.size(), 24u);
  EXPECT_EQ(samples.front(), 0u);
  for (size_t i = 1; i < samples.size(); ++i)
    EXPECT_NEAR(static_cast<double>(samples[i] - samples[i - 1]),
                static_cast<double>(held_out) / 24, 1);
  EXPECT_GT(samples.back(), held_out * 9 / 10);

  config.evaluate.batches = 1 << 30;
  EXPECT_EQ(evaluation_samples(config, held_out), numbers_from(0, held_out));
  EXPECT_TRUE(evaluation_samples(config, 0).empty());
}

TEST_F(BatchesTest, EvaluationIsTheSameHoweverItIsCut) {
  const auto labels = scored_labels(*batches(config_of(kGpt, {})));
  for (const char* accumulate : {"2", "4", "12"}) {
    const std::string set = std::string("batch.accumulate=") + accumulate;
    EXPECT_EQ(scored_labels(*batches(config_of(kGpt, {set}))), labels) << set;
  }
}

TEST_F(BatchesTest, AnNgramModelIsScoredOnTheSameLabels) {
  for (const char* count : {"batches=1", "batches=2", "batches=1000"}) {
    const Config config = config_of(kGpt, {std::string("evaluate.") + count});
    const TokenSplit split = split_tokens(shards_, 0.2);
    NgramModel model(0, 261);  // what it says of a label does not depend on the context
    model.add(split.train, 0, split.train.token_count());
    const auto windows = evaluation_samples(config, GptSampler(split, 1, 20).validation_samples());
    const NgramScore score = model.score(split.validation, windows, 20);
    const auto labels = scored_labels(*batches(config));
    double bits = 0;
    for (const int32_t label : labels) bits -= std::log2(model.probability({}, label));
    EXPECT_EQ(score.labels, labels.size());
    EXPECT_EQ(score.bytes, split.train.tokenizer().byte_count(labels));
    EXPECT_NEAR(score.bits, bits, 1e-9 * bits);
  }
}

TEST_F(BatchesTest, PaddingRowsOfBertHaveNoNextSentence) {
  const Config config = config_of(kBert, {"evaluate.batches=1000"});
  const auto all = batches(config);
  const int64_t last = all->evaluation_batches() - 1;
  double sequences = 0;
  for (int64_t i = 0; i <= last; ++i) {
    const EvaluationBatch batch = all->evaluation(i);
    const auto& real = reals(batch.feed, "next_weights");
    EXPECT_EQ(batch.sequences, std::count(real.begin(), real.end(), 1.0F));
    EXPECT_EQ(batch.sequences, static_cast<double>(reals(batch.feed, "sequences")[0]));
    EXPECT_TRUE(i == last || batch.sequences == 8);
    sequences += batch.sequences;
  }
  BertOptions options;
  options.length = 100;
  const BertSampler sampler(split_tokens(shards_, 0.2), 1, options);
  ASSERT_NE(sampler.validation_samples() % 8, 0u) << "no padding to see";
  EXPECT_EQ(sequences, static_cast<double>(sampler.validation_samples()));
}

TEST_F(BatchesTest, HeldOutPartWithoutASampleIsRefused) {
  // The tail of one document, a single token: no room for two sentences.
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, {random_text(1, 400)});
  const Config config = config_of(kBert, {"data.validation=0.004"});
  expect_contains(error_of([&] {
                    make_batches(shipped_models().of(config), config,
                                 split_tokens(shards, config.data.validation));
                  }),
                  "the held-out part, 1 tokens, has no text to make a sample of");
  const Config without = config_of(kBert, {"data.validation=0.004", "evaluate.every=0 steps"});
  EXPECT_EQ(make_batches(shipped_models().of(without), without,
                         split_tokens(shards, without.data.validation))
                ->evaluation_batches(),
            0);
}

TEST_F(BatchesTest, ShardsThatAreWrittenOverDuringTheRunAreSaidToBe) {
  for (const char* text : {kGpt, kBert}) {
    const TemporaryFolder folder;
    const auto shards = make_shards(folder, {random_text(1, 4000), random_text(2, 4000),
                                             random_text(3, 4000), random_text(4, 4000)});
    const Config config = config_of(text, {"data.shards=here"});
    const auto all = make_batches(shipped_models().of(config), config,
                                  split_tokens(shards, config.data.validation));
    all->update(0);
    const fs::path shard = folder / "shards" / "tokens-00000.shard";
    std::fstream file(shard, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(kShardHeaderBytes);
    for (int i = 0; i < 16000; ++i) file << "\x05\x01";  // 261, after the last id
    file.close();
    for (const auto& read :
         std::vector<std::function<void()>>{[&] { all->update(0); }, [&] { all->evaluation(0); }})
      expect_contains(error_of(read),
                      "here was changed while this run reads it: it holds a token 261 now, and "
                      "the vocabulary ends at 260");
  }
}

}  // namespace
}  // namespace tessera
