// Best-fit packs: every token once, whole documents, little padding, found in one window.
#include "framework/data/best_fit.h"

#include <algorithm>

#include "framework/data/gpt_sampler.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

/// Texts of 0 to 170 bytes, with some longer than two packs of 64.
std::shared_ptr<const TokenShards> shards_of(const TemporaryFolder& folder) {
  const Random random(3, "test.lengths");
  std::vector<std::string> texts;
  for (uint64_t i = 0; i < 120; ++i)
    texts.emplace_back(1 + random.below(i % 9 == 0 ? 170 : 60, 0, i),
                       static_cast<char>('a' + i % 26));
  return make_shards(folder, texts, {.shard_tokens = 1000});
}

TEST(BestFit, EveryTokenIsInOnePackAndDocumentsStayWhole) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(shards_of(folder), 0);
  for (const uint64_t window : {1ull, 7ull, 50ull, 1024ull}) {
    const BestFitPacks packs(split.train, 64, window);
    std::vector<int> met(split.train.token_count(), 0);
    for (uint64_t p = 0; p < packs.count(); ++p) {
      uint64_t size = 0, first_window = ~uint64_t{0};
      for (const auto& [begin, end] : packs.pack(p)) {
        for (uint64_t at = begin; at < end; ++at) ++met[at];
        size += end - begin;
        const TokenPart::Piece piece = split.train.piece_at(begin);
        EXPECT_LE(end, piece.end);
        const bool cut = begin != piece.begin || end != piece.end;
        EXPECT_EQ(cut, piece.end - piece.begin > 64);
        if (first_window == ~uint64_t{0}) first_window = piece.document / window;
        EXPECT_EQ(piece.document / window, first_window);
      }
      EXPECT_GT(size, 0u);
      EXPECT_LE(size, 64u);
    }
    EXPECT_TRUE(std::ranges::all_of(met, [](int n) { return n == 1; }));
    const double filled = static_cast<double>(split.train.token_count());
    EXPECT_NEAR(packs.padding(), 1 - filled / (64.0 * static_cast<double>(packs.count())), 1e-12);
    if (window >= 50) {
      EXPECT_LT(packs.padding(), 0.1);
    }
  }
}

TEST(BestFit, PlacesWhereTheLeastSpaceIsLeft) {
  const TemporaryFolder folder;
  // With the opening mark: 7, 5, 4, 3 and 13 tokens; packs of 10.
  const auto shards = make_shards(folder, {"aaaaaa", "bbbb", "ccc", "dd", "eeeeeeeeeeee"});
  const BestFitPacks packs(split_tokens(shards, 0).train, 10);
  ASSERT_EQ(packs.count(), 4u);  // 10 of e | 7 + 3 | 5 + 4 | rest of e
  const auto sizes = [&](uint64_t p) {
    std::vector<uint64_t> list;
    for (const auto& [begin, end] : packs.pack(p)) list.push_back(end - begin);
    return list;
  };
  EXPECT_EQ(sizes(0), std::vector<uint64_t>{10});
  EXPECT_EQ(sizes(1), (std::vector<uint64_t>{7, 3}));
  EXPECT_EQ(sizes(2), (std::vector<uint64_t>{5, 4}));
  EXPECT_EQ(sizes(3), std::vector<uint64_t>{3});
}

TEST(BestFit, SamplesAreMaskedAndLabelledAsInAStream) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(shards_of(folder), 0.1);
  const GptSampler sampler(split, 5, 64, true, DocumentPacking::best_fit), stream(split, 5, 64);
  const uint64_t n = sampler.samples_per_epoch();
  const GptBatch epoch = sampler.train_batch(0, static_cast<int64_t>(n));
  size_t tokens = 0, unlabelled = 0;
  for (int64_t row = 0; row < epoch.count; ++row) {
    int32_t document = -1;
    for (size_t i = 0; i < 64; ++i) {
      const size_t at = static_cast<size_t>(row) * 64 + i;
      if (epoch.documents[at] < 0) {  // padding, up to the end
        EXPECT_EQ(epoch.weights[at], 0);
        EXPECT_EQ(epoch.ids[at], 257);
        document = 1000;
        continue;
      }
      ++tokens;
      EXPECT_LT(epoch.documents[at], 1000);
      EXPECT_LT(document, 1000);
      const bool begins = epoch.documents[at] != document;
      EXPECT_EQ(epoch.positions[at], begins ? 0 : epoch.positions[at - 1] + 1);
      document = epoch.documents[at];
      if (epoch.weights[at] == 0) ++unlabelled;
      if (i + 1 < 64 && epoch.documents[at + 1] == document) {
        EXPECT_EQ(epoch.labels[at], epoch.ids[at + 1]);
      }
    }
  }
  EXPECT_EQ(tokens, split.train.token_count());
  EXPECT_EQ(unlabelled, 0u);  // every document is whole, and so ends with a mark
  // The next epoch has the same packs in another order, whatever the batch.
  const GptBatch next = sampler.train_batch(n, static_cast<int64_t>(n));
  EXPECT_NE(next.ids, epoch.ids);
  const GptBatch one = sampler.train_batch(n + 3, 1);
  EXPECT_TRUE(std::equal(one.ids.begin(), one.ids.end(), next.ids.begin() + 3 * 64));
  // What is held out is cut as in a stream.
  EXPECT_EQ(sampler.validation_samples(), stream.validation_samples());
  const std::vector<uint64_t> first{0, 1};
  EXPECT_EQ(sampler.validation_batch(first, 2).ids, stream.validation_batch(first, 2).ids);
}

}  // namespace
}  // namespace tessera
