// Samples of several sources: the same for any batch, those of the sources' own samplers, of one
// tokenizer with one kind of marks.
#include "framework/data/mixed_sampler.h"

#include <algorithm>

#include "framework/data/bert_sampler.h"
#include "framework/data/gpt_sampler.h"
#include "framework/data/ngram.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

class Mixed : public testing::Test {
 protected:
  /// The folder NAME of shards made of `count` texts of one letter.
  TokenSplit split(const std::string& name, char letter, size_t count,
                   const TokenizeOptions& options = {}) {
    std::string text;
    for (size_t i = 0; i < 40; ++i) text += std::string(3 + i % 5, letter) + " ";
    for (size_t i = 0; i < count; ++i)
      write_file(folder_ / (name + "-text/" + std::to_string(i)), text);
    tokenize({folder_ / (name + "-text")}, folder_ / name, ByteTokenizer{}, options);
    return split_tokens(TokenShards::open(folder_ / name), 0.2);
  }
  template <typename Sampler>
  static MixedSampler<Sampler> sampler(const Corpus& corpus, uint64_t seed = 7) {
    return {corpus, seed, [](const TokenSplit& part, uint64_t own_seed) {
              if constexpr (std::is_same_v<Sampler, GptSampler>)
                return GptSampler(part, own_seed, 32);
              else
                return BertSampler(part, own_seed, {.length = 32, .pairs = false});
            }};
  }

  TemporaryFolder folder_;
};

/// The letter that a row is made of, whatever masks have put in it.
template <typename Batch>
int32_t letter_of(const Batch& batch, int64_t row) {
  const auto ids = std::span(batch.ids).subspan(static_cast<size_t>(row * batch.length),
                                                static_cast<size_t>(batch.length));
  return std::ranges::count(ids, 'a') > std::ranges::count(ids, 'b') ? 'a' : 'b';
}

template <typename Sampler>
void expect_same_for_any_batch(const MixedSampler<Sampler>& mixed) {
  const auto whole = mixed.train_batch(5, 60);
  for (const int64_t size : {1, 7, 20}) {
    std::vector<int32_t> ids;
    for (int64_t first = 0; first < 60; first += size) {
      const int64_t rows = std::min<int64_t>(size, 60 - first);
      const auto part = mixed.train_batch(5 + static_cast<uint64_t>(first), rows);
      ids.insert(ids.end(), part.ids.begin(), part.ids.end());
    }
    EXPECT_EQ(ids, whole.ids);
  }
  for (int64_t row = 0; row < 60; ++row) {
    const size_t source = mixed.mixture().place(5 + static_cast<uint64_t>(row)).source;
    EXPECT_EQ(letter_of(whole, row), source == 0 ? 'a' : 'b');
  }
}

TEST_F(Mixed, ASampleDoesNotDependOnItsBatch) {
  const Corpus corpus({{.name = "a", .split = split("a", 'a', 30), .weight = 3},
                       {.name = "b", .split = split("b", 'b', 10), .weight = 1}});
  const auto gpt = sampler<GptSampler>(corpus);
  expect_same_for_any_batch(gpt);
  expect_same_for_any_batch(sampler<BertSampler>(corpus));
  EXPECT_EQ(gpt.mixture().given(0, 4000), 3000u);
  EXPECT_NE(gpt.train_batch(0, 40).ids, sampler<GptSampler>(corpus, 8).train_batch(0, 40).ids);
}

TEST_F(Mixed, OneSourceGivesTheSamplesOfItsOwnSampler) {
  const TokenSplit only = split("a", 'a', 30);
  const GptSampler own(only, 7, 32);
  const auto mixed = sampler<GptSampler>(Corpus(only));
  EXPECT_EQ(mixed.train_batch(90, 50).ids, own.train_batch(90, 50).ids);
  EXPECT_EQ(mixed.mixture().samples(), Mixture::kEndless);
}

TEST_F(Mixed, WithoutWeightsEpochsEndTogether) {
  const Corpus corpus({{.name = "a", .split = split("a", 'a', 30), .epochs = 2},
                       {.name = "b", .split = split("b", 'b', 10), .epochs = 0.5}});
  const auto mixed = sampler<GptSampler>(corpus);
  const uint64_t a = 2 * mixed.source(0).samples_per_epoch();
  const uint64_t b = mixed.source(1).samples_per_epoch() / 2;
  EXPECT_EQ(mixed.mixture().samples(), a + b);
  EXPECT_LE(mixed.mixture().phase_begins().size(), 2u);  // half a sample apart at most
  EXPECT_NEAR(static_cast<double>(mixed.mixture().given(0, (a + b) / 2)),
              static_cast<double>(a) / 2, 1.0);
  expect_contains(error_of([&] { mixed.train_batch(a + b - 1, 2); }),
                  fmt::format("the data ends before sample {}", a + b));
  const Corpus none({{.name = "a", .split = split("c", 'a', 5), .epochs = 1e-5}});
  expect_contains(error_of([&] { sampler<GptSampler>(none); }), "are less than one sample");
}

TEST_F(Mixed, AFolderThatStandsTwiceIsReadInOneOrder) {
  const TokenSplit a = split("a", 'a', 30), b = split("b", 'b', 10);
  const Corpus corpus({{.name = "a", .split = a, .weight = 1, .until = 40},
                       {.name = "b", .split = b, .weight = 1},
                       {.name = "later", .split = a, .weight = 3, .from = 40}});
  const auto mixed = sampler<GptSampler>(corpus);
  std::vector<uint64_t> next(2, 0);
  for (uint64_t sample = 0; sample < 200; ++sample) {
    const Mixture::Place place = mixed.place(sample);
    EXPECT_EQ(place.sample, next[place.source == 1 ? 1 : 0]++);
    EXPECT_NE(place.source, sample < 40 ? 2u : 0u);
  }
  EXPECT_EQ(next[0], 20u + 120u);
  const GptBatch row = mixed.train_batch(199, 1);
  const Mixture::Place last = mixed.place(199);
  EXPECT_EQ(row.ids, mixed.source(last.source).train_batch(last.sample, 1).ids);
  EXPECT_EQ(mixed.validation_samples(2), 0u);
  EXPECT_GT(mixed.validation_samples(0), 0u);
}

TEST_F(Mixed, SourcesMustHaveOneTokenizerAndTheSameMarks) {
  const TokenSplit bytes = split("a", 'a', 5);
  const TokenSplit closed = split("b", 'b', 5, {.marks = DocumentMarks{.closes = 256}});
  const std::string marks = error_of([&] {
    Corpus({{.name = "a", .split = bytes}, {.name = "b", .split = closed}});
  });
  expect_contains(marks, "the documents are marked differently");
  expect_contains(marks, "/a, 256");
  expect_contains(marks, "nothing opens a document and 256");
  EXPECT_NE(Corpus(bytes).identity(),
            Corpus({{.name = "a", .split = bytes}, {.name = "c", .split = split("c", 'c', 5)}})
                .identity());
}

TEST_F(Mixed, MarksThatCloseAreWhatIsPredictedLast) {
  // Nothing opens: the first token has no label before it, the closing mark is the last label.
  const TokenSplit closed = split("b", 'b', 25, {.marks = DocumentMarks{.closes = 258}});
  EXPECT_EQ(closed.train.marks(), (DocumentMarks{.closes = 258}));
  const GptSampler sampler(closed, 1, 16);
  const GptBatch batch = sampler.train_batch(0, 60);
  size_t closing = 0;
  for (size_t i = 0; i < batch.ids.size(); ++i) {
    EXPECT_NE(batch.labels[i], 256);
    if (batch.weights[i] > 0 && batch.labels[i] == 258) ++closing;
    EXPECT_EQ(batch.weights[i] == 0, batch.ids[i] == 258) << i;
  }
  EXPECT_GT(closing, 0u);
  // An n-gram model has the same labels, one less per document than tokens.
  NgramModel model(0, 261);
  const NgramScore score = model.score(closed.train, 0, closed.train.token_count());
  EXPECT_EQ(score.labels, closed.train.token_count() - closed.train.piece_count());
  // Neither mark is text of a BERT.
  const TokenSplit both =
      split("c", 'c', 25, {.marks = DocumentMarks{.opens = 256, .closes = 260}});
  const BertSampler bert(both, 1, {.length = 512, .pairs = false});
  const BertBatch text = bert.train_batch(0, 1);
  const auto marked = std::ranges::count_if(text.ids, [](int32_t id) { return id == 256; });
  EXPECT_EQ(marked, 0);
  const TokenPart::Piece piece = both.train.piece(0);
  EXPECT_EQ(text.lengths[0],
            static_cast<int32_t>(piece.end - piece.begin));  // [CLS] and [SEP] instead
}

TEST_F(Mixed, ShardsOfEarlierVersionsHaveTheTokenizersMark) {
  split("a", 'a', 5);
  ShardManifest manifest = read_shard_manifest(folder_ / "a");
  EXPECT_EQ(manifest.marks, (DocumentMarks{.opens = 256}));
  manifest.marks.reset();
  write_file(folder_ / "a/manifest.json", to_text(manifest));
  EXPECT_EQ(TokenShards::open(folder_ / "a")->marks(), (DocumentMarks{.opens = 256}));
  manifest.marks = {.opens = 300};
  write_file(folder_ / "a/manifest.json", to_text(manifest));
  expect_contains(error_of([&] { TokenShards::open(folder_ / "a"); }),
                  "the id 300 that marks documents is outside of the vocabulary of 261");
  manifest.marks = DocumentMarks{};
  write_file(folder_ / "a/manifest.json", to_text(manifest));
  expect_contains(error_of([&] { TokenShards::open(folder_ / "a"); }), "damaged");
}

}  // namespace
}  // namespace tessera
