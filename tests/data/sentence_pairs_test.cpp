// Only what the texts say tells whether B follows A: simple rules, learned on some pairs, do no
// better than chance on others, whatever the documents are like.
#include <map>

#include "framework/data/bert_sampler.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

constexpr int64_t kPairs = 10'000;
constexpr double kChance = 0.5, kError = 0.005;  // error of the share that is right, on kPairs

/// `count` documents of random words in sentences, of `least` to `most` bytes, and a newline or
/// none at the end.
std::vector<std::string> documents(size_t count, size_t least, size_t most, bool newline) {
  const Random random(7, "test.sentence_pairs");
  std::vector<std::string> texts;
  for (uint64_t d = 0; d < count; ++d) {
    uint64_t n = 0;
    const auto below = [&](uint64_t limit) { return random.below(limit, d, n++); };
    const size_t bytes = least + below(most - least + 1);
    std::string text;
    while (text.size() < bytes) {
      const uint64_t words = 3 + below(5);
      for (uint64_t w = 0; w < words; ++w) {
        std::string word;
        for (uint64_t letters = 2 + below(6); letters > 0; --letters)
          word += static_cast<char>('a' + below(26));
        if (w == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
        text += (w == 0 ? "" : " ") + word;
      }
      text += below(5) == 0 ? ".\n" : ". ";
    }
    text.resize(bytes - 2);
    texts.push_back(text + (newline ? ".\n" : ".x"));
  }
  return texts;
}

struct Pair {
  std::string first, second;
  bool is_next;
};

std::vector<Pair> pairs_of(const BertSampler& sampler, uint64_t from, int64_t length) {
  std::vector<Pair> pairs;
  for (int64_t done = 0; done < kPairs; done += 500) {
    const BertBatch batch = sampler.train_batch(from + static_cast<uint64_t>(done), 500);
    for (int64_t r = 0; r < 500; ++r) {
      std::vector<int32_t> ids(batch.ids.begin() + r * length,
                               batch.ids.begin() + (r + 1) * length);
      for (int64_t m = 0; m < batch.masked; ++m)
        if (const auto at = static_cast<size_t>(r * batch.masked + m); batch.masked_weights[at] > 0)
          ids[static_cast<size_t>(batch.masked_positions[at])] = batch.masked_labels[at];
      Pair pair;
      for (int64_t i = 0; i < batch.lengths[static_cast<size_t>(r)]; ++i)
        if (ids[static_cast<size_t>(i)] < 256)
          (batch.segments[static_cast<size_t>(r * length + i)] == 0 ? pair.first : pair.second) +=
              static_cast<char>(ids[static_cast<size_t>(i)]);
      pair.is_next = batch.next_sentence[static_cast<size_t>(r)] == 0;
      pairs.push_back(pair);
    }
  }
  return pairs;
}

int64_t newlines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// What a rule looks at: pairs that look alike get one answer.
using Look = std::function<std::vector<int64_t>(const Pair&)>;

std::map<std::string, Look> looks() {
  const auto size = [](const std::string& text) { return std::ssize(text); };
  const auto last = [](const std::string& text) { return int64_t{text.back()}; };
  return {
      {"length of A", [=](const Pair& p) { return std::vector{size(p.first)}; }},
      {"length of B", [=](const Pair& p) { return std::vector{size(p.second)}; }},
      {"length of both",
       [=](const Pair& p) { return std::vector{size(p.first) + size(p.second)}; }},
      {"difference of lengths",
       [=](const Pair& p) { return std::vector{size(p.first) - size(p.second)}; }},
      {"both lengths",
       [=](const Pair& p) {
         return std::vector{size(p.first) / 8, size(p.second) / 8};
       }},
      {"last byte of A", [=](const Pair& p) { return std::vector{last(p.first)}; }},
      {"last byte of B", [=](const Pair& p) { return std::vector{last(p.second)}; }},
      {"first byte of A", [=](const Pair& p) { return std::vector{int64_t{p.first[0]}}; }},
      {"first byte of B", [=](const Pair& p) { return std::vector{int64_t{p.second[0]}}; }},
      {"last bytes of both",
       [=](const Pair& p) {
         return std::vector{last(p.first), last(p.second)};
       }},
      {"last byte of A, first of B",
       [=](const Pair& p) {
         return std::vector{last(p.first), int64_t{p.second[0]}};
       }},
      {"last byte of B, lengths",
       [=](const Pair& p) {
         return std::vector{last(p.second), size(p.first) / 16, size(p.second) / 16};
       }},
      {"end of B, begin of A",
       [=](const Pair& p) {
         const bool sentence = p.second.back() == '.' || p.second.back() == '\n';
         const bool capital = p.first[0] >= 'A' && p.first[0] <= 'Z';
         return std::vector{int64_t{sentence}, int64_t{capital}};
       }},
      {"newlines of B", [](const Pair& p) { return std::vector{newlines(p.second)}; }},
      {"newlines of both",
       [](const Pair& p) {
         return std::vector{newlines(p.first), newlines(p.second)};
       }},
  };
}

/// The share of `unseen` that a rule learned on `seen` gets right.
double share_right(const Look& look, const std::vector<Pair>& seen,
                   const std::vector<Pair>& unseen) {
  std::map<std::vector<int64_t>, int64_t> votes;
  for (const Pair& pair : seen) votes[look(pair)] += pair.is_next ? 1 : -1;
  int64_t right = 0;
  for (const Pair& pair : unseen) {
    const auto vote = votes.find(look(pair));
    right += (vote == votes.end() || vote->second >= 0) == pair.is_next ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(unseen.size());
}

void expect_chance(const std::vector<std::string>& texts, int64_t length) {
  const TemporaryFolder folder;
  const BertSampler sampler(split_tokens(make_shards(folder, texts), 0), 3, {.length = length});
  const auto seen = pairs_of(sampler, 0, length), unseen = pairs_of(sampler, kPairs, length);
  const auto next = std::count_if(unseen.begin(), unseen.end(), [](auto& p) { return p.is_next; });
  EXPECT_NEAR(static_cast<double>(next) / kPairs, 0.5, 4 * kError);
  for (const auto& [name, look] : looks())
    EXPECT_LT(share_right(look, seen, unseen), kChance + 4 * kError) << name;
}

class SentencePairs : public testing::TestWithParam<bool> {};

TEST_P(SentencePairs, ShortDocumentsGiveNothingAway) {
  expect_chance(documents(600, 60, 120, GetParam()), 128);
}

TEST_P(SentencePairs, DocumentsAboutAsLongAsTheSequenceGiveNothingAway) {
  expect_chance(documents(600, 60, 400, GetParam()), 128);
}

TEST_P(SentencePairs, LongDocumentsGiveNothingAway) {
  expect_chance(documents(60, 2000, 6000, GetParam()), 128);
}

TEST_P(SentencePairs, ShortAmongLongDocumentsGiveNothingAway) {
  auto texts = documents(600, 40, 80, GetParam());
  for (const std::string& text : documents(60, 900, 1500, GetParam())) texts.push_back(text);
  expect_chance(texts, 128);
}

INSTANTIATE_TEST_SUITE_P(EndingInANewlineOrNot, SentencePairs, testing::Bool());

TEST(SentencePair, MostOfASequenceIsFilledWhereDocumentsAreLong) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, documents(60, 2000, 6000, true));
  const BertSampler sampler(split_tokens(shards, 0), 3, {.length = 128});
  const BertBatch batch = sampler.train_batch(0, 1000);
  double filled = 0;
  int64_t at_sentence = 0;
  for (const int32_t length : batch.lengths) filled += length / 128.0 / 1000;
  EXPECT_GT(filled, 0.8);
  for (const Pair& pair : pairs_of(sampler, 0, 128))
    at_sentence += pair.first.back() == '.' || pair.first.back() == '\n' ? 1 : 0;
  EXPECT_GT(at_sentence, kPairs * 9 / 10);
}

TEST(SentencePair, DocumentsTooShortForAPairAreNamedAsTheReason) {
  const TemporaryFolder folder;
  const auto split = split_tokens(make_shards(folder, std::vector<std::string>(40, "x")), 0);
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 64}); }),
                  "no document of the training part has the 4 tokens of text that a pair");
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 64}); }),
                  "data.sentence_pairs: false");
}

}  // namespace
}  // namespace tessera
