#include "framework/data/ngram.h"

#include <cmath>

#include "framework/data/gpt_sampler.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

TEST(Ngram, FollowsTheFormulaOfWittenAndBell) {
  NgramModel model(1, 4);
  const std::vector<int32_t> ids = {0, 1, 2, 1, 2, 1, 3};
  model.add(ids);
  // Order 0: six labels, 1 2 1 2 1 3, of three kinds.
  const auto order0 = [](double count) { return (count + 3 * 0.25) / (6 + 3); };
  EXPECT_DOUBLE_EQ(model.probability({}, 1), order0(3));
  EXPECT_DOUBLE_EQ(model.probability({}, 0), order0(0));
  // After 1: 2 2 3, of two kinds; after 3: nothing.
  const std::vector<int32_t> one = {1}, three = {3}, long_context = {0, 0, 1};
  EXPECT_DOUBLE_EQ(model.probability(one, 2), (2 + 2 * order0(2)) / (3 + 2));
  EXPECT_DOUBLE_EQ(model.probability(one, 0), (0 + 2 * order0(0)) / (3 + 2));
  EXPECT_DOUBLE_EQ(model.probability(three, 2), order0(2));
  EXPECT_DOUBLE_EQ(model.probability(long_context, 2), model.probability(one, 2));
  EXPECT_DOUBLE_EQ(model.bits(std::vector<int32_t>{1, 2}), -std::log2(model.probability(one, 2)));
}

TEST(Ngram, ProbabilitiesSumToOne) {
  NgramModel model(3, 261);
  const std::vector<int32_t> ids = Tokenizer(ByteTokenizer{}).encode(random_text(1, 5000));
  model.add(ids);
  for (size_t at = 0; at < 200; at += 7) {
    double sum = 0;
    for (int32_t id = 0; id < 261; ++id)
      sum += model.probability(std::span(ids).subspan(at, at % 5), id);
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Ngram, PredictsWhatTheSamplerWeighs) {
  const TemporaryFolder folder;
  std::vector<std::string> texts;
  for (size_t d = 0; d < 30; ++d) texts.push_back(random_text(d, 2000));
  const auto shards = make_shards(folder, texts);
  for (const bool tails : {false, true}) {
    const TokenSplit split = split_tokens(shards, tails ? 0.1 : 0.2);
    NgramModel order0(0, 261), order3(3, 261);
    order0.add(split.train, 0, split.train.token_count());
    order3.add(split.train, 0, split.train.token_count());
    const GptSampler sampler(split, 1, 64);
    for (const int64_t windows : {1, 7, static_cast<int>(sampler.validation_samples())}) {
      const GptBatch batch =
          sampler.validation_batch(numbers_from(0, static_cast<uint64_t>(windows)), windows);
      uint64_t labels = 0, bytes = 0;
      double bits = 0;
      for (size_t i = 0; i < batch.ids.size(); ++i) {
        if (batch.weights[i] == 0) continue;
        ++labels;
        bytes += batch.labels[i] < 256 ? 1 : 0;
        bits -= std::log2(order0.probability({}, batch.labels[i]));
      }
      const auto end = static_cast<uint64_t>(windows * 64);
      const NgramScore score = order0.score(split.validation, 0, end);
      EXPECT_EQ(score.labels, labels);
      EXPECT_EQ(score.bytes, bytes);
      EXPECT_NEAR(score.bits, bits, 1e-6 * bits);
    }
    // Where a document was cut, nothing is known of what follows, and nothing is counted.
    uint64_t cuts = 0;
    for (uint64_t p = 0; p < split.train.piece_count(); ++p)
      cuts += split.train.piece(p).ends_document ? 0 : 1;
    EXPECT_EQ(cuts, tails ? 30u : 0u);
    EXPECT_EQ(order0.score(split.train, 0, split.train.token_count()).labels,
              split.train.token_count() - cuts);
    const uint64_t all = split.validation.token_count();
    const double zero = order0.score(split.validation, 0, all).bits_per_byte();
    const double three = order3.score(split.validation, 0, all).bits_per_byte();
    EXPECT_LT(zero, 8);
    EXPECT_LT(three, zero);
    EXPECT_GT(three, 1);
  }
}

TEST(Ngram, ScoresWindowsWithTheContextBeforeThem) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, {random_text(1, 3000), random_text(2, 3000)});
  const TokenPart& part = split_tokens(shards, 0).train;
  const uint64_t length = 50, windows = (part.token_count() + length - 1) / length;
  NgramModel model(3, 261);
  model.add(part, 0, part.token_count() / 2);
  const NgramScore whole = model.score(part, 0, part.token_count());
  const NgramScore all = model.score(part, numbers_from(0, windows), length);
  EXPECT_EQ(all.labels, whole.labels);
  EXPECT_EQ(all.bytes, whole.bytes);
  EXPECT_NEAR(all.bits, whole.bits, 1e-9 * whole.bits);
  NgramModel in_parts(3, 261);
  for (uint64_t begin = 0; begin < part.token_count() / 2; begin += 7)
    in_parts.add(part, begin, std::min(begin + 7, part.token_count() / 2));
  EXPECT_EQ(in_parts.score(part, 0, part.token_count()).bits, whole.bits);
}

TEST(Ngram, CountsEachTrainingLabelOnce) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(make_shards(folder, {std::string(3 << 20, 'a')}), 0);
  NgramModel model(1, 261);
  model.add(split.train, 0, split.train.token_count());
  // 3 Mi labels 'a' and one end-of-document: two kinds.
  const double n = (3 << 20) + 1;
  EXPECT_DOUBLE_EQ(model.probability({}, 256), (1 + 2.0 / 261) / (n + 2));
}

TEST(Ngram, RefusesAnOrderThatDoesNotFit) {
  EXPECT_NO_THROW(NgramModel(6, 261));
  expect_contains(error_of([] { NgramModel(7, 261); }), "order 7 over 261 tokens");
  expect_contains(error_of([] { NgramModel(-1, 261); }), "choose a lower order");
}

TEST(Guess, TheCommonestTokenAndItsAccuracy) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(make_shards(folder, {"abbcccc", "aab"}), 0);
  GuessAccuracy accuracy{.guess = commonest_token(split.train)};
  EXPECT_EQ(accuracy.guess, 'c');
  accuracy.add(std::vector<int32_t>{'c', 'a', 'c'}, std::vector<float>{1, 1, 0});
  accuracy.add(std::vector<int32_t>{'c', 'c'}, std::vector<float>{1, 1});
  EXPECT_DOUBLE_EQ(accuracy.value(), 0.75);
}

}  // namespace
}  // namespace tessera
