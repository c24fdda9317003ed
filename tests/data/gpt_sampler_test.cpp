#include "framework/data/gpt_sampler.h"

#include <set>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

constexpr int32_t kEod = 256, kPad = 257;

/// Not inlined, since GCC 12 would wrongly warn of a copy beyond a short string.
[[gnu::noinline]] std::string text_of(size_t i) { return random_text(i, 20 + 37 * i); }

std::vector<std::string> texts_of(size_t count) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) texts.push_back(text_of(i));
  return texts;
}

template <typename T>
std::vector<T> row_of(const std::vector<T>& all, int64_t row, int64_t length) {
  return {all.begin() + row * length, all.begin() + (row + 1) * length};
}

/// Checks a row against the part that it should be cut from at `position`.
void expect_row(const GptBatch& batch, int64_t row, const TokenPart& part, uint64_t position) {
  int32_t document = -1, at_in_document = 0;
  for (int64_t i = 0; i < batch.length; ++i, ++position) {
    const auto at = static_cast<size_t>(row * batch.length + i);
    if (position >= part.token_count()) {
      EXPECT_EQ(batch.ids[at], kPad);
      EXPECT_EQ(batch.weights[at], 0);
      EXPECT_EQ(batch.documents[at], -1);
      continue;
    }
    const TokenPart::Piece piece = part.piece_at(position);
    int32_t next[2] = {0, kEod};
    part.read(position, std::span(next, position + 1 < piece.end ? 2 : 1));
    EXPECT_EQ(batch.ids[at], next[0]);
    const bool known = position + 1 < piece.end || piece.ends_document;
    EXPECT_EQ(batch.weights[at], known ? 1 : 0);
    if (known) {
      EXPECT_EQ(batch.labels[at], next[1]);
    }
    if (i == 0 || position == piece.begin) {
      ++document;
      at_in_document = 0;
    }
    EXPECT_EQ(batch.documents[at], document);
    EXPECT_EQ(batch.positions[at], at_in_document++);
  }
}

/// The parameter is the part that is held out: some of 25 documents, or the tails of all where it
/// is less than four of them.
class Gpt : public testing::TestWithParam<double> {
 protected:
  TemporaryFolder folder_;
  std::shared_ptr<const TokenShards> shards_ =
      make_shards(folder_, texts_of(25), {.shard_tokens = 3000});
  TokenSplit split_ = split_tokens(shards_, GetParam());

  void SetUp() override {
    ASSERT_EQ(split_.validation.piece(0).starts_document, GetParam() >= 0.1);
  }
};

INSTANTIATE_TEST_SUITE_P(BySplit, Gpt, testing::Values(0.2, 0.08),
                         [](const auto& info) { return info.param < 0.1 ? "tails" : "documents"; });

TEST_P(Gpt, ASampleDoesNotDependOnItsBatch) {
  const GptSampler sampler(split_, 5, 32);
  const uint64_t first = 2 * sampler.samples_per_epoch() - 6;  // across the end of an epoch
  const GptBatch whole = sampler.train_batch(first, 12);
  const GptSampler again(split_, 5, 32);
  for (const int64_t step : {1, 3, 4}) {
    for (int64_t at = 0; at < 12; at += step) {
      const GptBatch part = again.train_batch(first + static_cast<uint64_t>(at), step);
      for (int64_t row = 0; row < step; ++row) {
        EXPECT_EQ(row_of(part.ids, row, 32), row_of(whole.ids, at + row, 32));
        EXPECT_EQ(row_of(part.labels, row, 32), row_of(whole.labels, at + row, 32));
        EXPECT_EQ(row_of(part.weights, row, 32), row_of(whole.weights, at + row, 32));
        EXPECT_EQ(row_of(part.documents, row, 32), row_of(whole.documents, at + row, 32));
        EXPECT_EQ(row_of(part.positions, row, 32), row_of(whole.positions, at + row, 32));
      }
    }
  }
  EXPECT_NE(GptSampler(split_, 6, 32).train_batch(first, 12).ids, whole.ids);
}

TEST_P(Gpt, AnEpochIsAPartitionIntoShiftedWindows) {
  const int64_t length = 48;
  const GptSampler sampler(split_, 5, length);
  const uint64_t windows = sampler.samples_per_epoch();
  std::vector<std::vector<uint64_t>> orders;
  for (uint64_t epoch = 0; epoch < 3; ++epoch) {
    const GptBatch batch = sampler.train_batch(epoch * windows, static_cast<int64_t>(windows));
    // Where each row lies is found by trying: rows must be windows of one shift, each once.
    std::vector<int32_t> stream(split_.train.token_count());
    split_.train.read(0, stream);
    std::vector<uint64_t> order;
    for (int64_t row = 0; row < batch.count; ++row) {
      const auto ids = row_of(batch.ids, row, length);
      const auto found = std::search(stream.begin(), stream.end(), ids.begin(), ids.end());
      ASSERT_NE(found, stream.end());
      order.push_back(static_cast<uint64_t>(found - stream.begin()));
      expect_row(batch, row, split_.train, order.back());
    }
    orders.push_back(order);
    std::sort(order.begin(), order.end());
    EXPECT_LT(order.front(), 48u);
    for (size_t i = 1; i < order.size(); ++i) EXPECT_EQ(order[i], order[i - 1] + 48);
    EXPECT_LT(stream.size() - (order.back() + 48), 96u);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
}

TEST_P(Gpt, WindowsStartAtEveryShift) {
  const int64_t length = 8;
  const GptSampler sampler(split_, 5, length);
  std::vector<int32_t> stream(split_.train.token_count());
  split_.train.read(0, stream);
  std::set<uint64_t> shifts;
  for (uint64_t epoch = 0; epoch < 100; ++epoch) {
    // Eight tokens occur more than once: the shift is the first that fits the whole epoch.
    std::set<std::vector<int32_t>> rows;
    const GptBatch batch = sampler.train_batch(epoch * sampler.samples_per_epoch(),
                                               static_cast<int64_t>(sampler.samples_per_epoch()));
    for (int64_t row = 0; row < batch.count; ++row) rows.insert(row_of(batch.ids, row, length));
    for (uint64_t shift = 0; shift < 2 * length; ++shift) {
      bool fits = true;
      for (uint64_t w = 0; fits && w < 20; ++w)
        fits = rows.count({stream.begin() + static_cast<int64_t>(shift + w * length),
                           stream.begin() + static_cast<int64_t>(shift + (w + 1) * length)}) == 1;
      if (!fits) continue;
      shifts.insert(shift);
      break;
    }
  }
  EXPECT_EQ(shifts, (std::set<uint64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_P(Gpt, ValidationCoversTheHeldOutTokensInOrder) {
  const int64_t length = 50;
  const GptSampler sampler(split_, 5, length), other(split_, 77, length);
  const uint64_t windows = sampler.validation_samples();
  EXPECT_EQ(windows, (split_.validation.token_count() + 49) / 50);
  const auto count = static_cast<int64_t>(windows) + 3;  // and three rows of padding
  const GptBatch batch = sampler.validation_batch(numbers_from(0, windows), count);
  EXPECT_EQ(batch.ids, other.validation_batch(numbers_from(0, windows), count).ids);
  for (int64_t row = 0; row < count; ++row)
    expect_row(batch, row, split_.validation, static_cast<uint64_t>(row * length));
  const uint64_t last = windows - 1;
  const GptBatch two = sampler.validation_batch(std::vector<uint64_t>{last, 1}, 3);
  expect_row(two, 0, split_.validation, last * static_cast<uint64_t>(length));
  expect_row(two, 1, split_.validation, static_cast<uint64_t>(length));
  expect_row(two, 2, split_.validation, windows * static_cast<uint64_t>(length));  // padding
}

TEST_P(Gpt, DocumentsCanRunTogether) {
  const GptSampler sampler(split_, 5, 200, /*separate_documents=*/false);
  const GptBatch batch = sampler.train_batch(0, 4);
  const GptBatch apart = GptSampler(split_, 5, 200).train_batch(0, 4);
  EXPECT_EQ(batch.ids, apart.ids);
  EXPECT_EQ(batch.labels, apart.labels);
  for (size_t i = 0; i < batch.ids.size(); ++i) {
    EXPECT_EQ(batch.documents[i], 0);
    EXPECT_EQ(batch.positions[i], static_cast<int32_t>(i % 200));
  }
  EXPECT_GT(*std::max_element(apart.documents.begin(), apart.documents.end()), 0);
}

TEST(GptSampler, ATextBarelyLongerThanTheSequence) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, {"abcdefghi"});  // 10 tokens with end-of-document
  const TokenSplit split = split_tokens(shards, 0);
  for (const int64_t length : {1, 2, 5, 9, 10}) {
    const GptSampler sampler(split, 1, length);
    EXPECT_EQ(sampler.samples_per_epoch(), length == 1 ? 10u : length == 2 ? 4u : 1u);
    for (uint64_t sample = 0; sample < 30; ++sample) {
      const GptBatch batch = sampler.train_batch(sample, 1);
      EXPECT_EQ(std::count(batch.weights.begin(), batch.weights.end(), 1.0f), length);
    }
  }
  EXPECT_EQ(GptSampler(split, 1, 10).train_batch(0, 1).labels.back(), kEod);
  EXPECT_EQ(GptSampler(split, 1, 10).train_batch(0, 1).ids.front(), kEod);
  EXPECT_EQ(GptSampler(split, 1, 10).validation_samples(), 0u);
  expect_contains(error_of([&] { GptSampler(split, 1, 11); }),
                  "the training part has 10 tokens, fewer than one sequence of 11");
  expect_contains(error_of([&] { GptSampler(split, 1, 0); }), "a sequence length of 0");
  expect_contains(error_of([&] { GptSampler(split, 1, 5).train_batch(0, 0); }),
                  "a batch of 0 samples");
}

}  // namespace
}  // namespace tessera
