#include "framework/data/bert_sampler.h"

#include <set>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

const SpecialTokens kSpecial = ByteTokenizer{}.special();
constexpr int64_t kLength = 64;

/// Each document is written in letters of its own, so that a text tells where it comes from.
std::vector<std::string> lettered_texts(size_t count, size_t bytes) {
  std::vector<std::string> texts;
  for (size_t d = 0; d < count; ++d) {
    std::string text = random_text(d, bytes);
    for (char& c : text) {
      if (c >= 'a' && c <= 'f') c = static_cast<char>('a' + d % 26);
    }
    text += fmt::format("{}", d);
    texts.push_back(text);
  }
  return texts;
}

struct Row {
  std::vector<int32_t> ids;  // before the masking
  std::string first, second;
  bool is_next;
};

/// Undoes the masks of a row and checks its form.
Row unmasked(const BertBatch& batch, int64_t row, bool pairs) {
  const auto begin = batch.ids.begin() + row * batch.length;
  Row result{.ids = {begin, begin + batch.length}, .first = {}, .second = {}, .is_next = false};
  int32_t last = -1;
  for (int64_t p = 0; p < batch.masked; ++p) {
    const auto at = static_cast<size_t>(row * batch.masked + p);
    if (batch.masked_weights[at] == 0) {
      EXPECT_EQ(batch.masked_positions[at], 0);
      continue;
    }
    EXPECT_GT(batch.masked_positions[at], last);
    last = batch.masked_positions[at];
    result.ids[static_cast<size_t>(last)] = batch.masked_labels[at];
    EXPECT_LT(batch.masked_labels[at], 256);
  }
  EXPECT_GE(last, 1);
  const auto length = static_cast<size_t>(batch.lengths[static_cast<size_t>(row)]);
  EXPECT_EQ(result.ids[0], kSpecial.cls);
  EXPECT_EQ(result.ids[length - 1], kSpecial.sep);
  int segment = 0;
  for (size_t i = 0; i < result.ids.size(); ++i) {
    EXPECT_EQ(result.ids[i] == kSpecial.pad, i >= length);
    EXPECT_EQ(batch.segments[static_cast<size_t>(row * batch.length) + i],
              i < length ? segment : 0);
    if (i > 0 && i < length && result.ids[i] < 256)
      (segment == 0 ? result.first : result.second) += static_cast<char>(result.ids[i]);
    if (result.ids[i] == kSpecial.sep && pairs && i + 1 < length) segment = 1;
  }
  EXPECT_EQ(result.second.empty(), !pairs);
  EXPECT_FALSE(result.first.empty());
  result.is_next = batch.next_sentence[static_cast<size_t>(row)] == 0;
  EXPECT_EQ(batch.next_weights[static_cast<size_t>(row)], pairs ? 1 : 0);
  return result;
}

TEST(Bert, PairsLieSideBySideOrComeFromElsewhere) {
  const TemporaryFolder folder;
  const auto texts = lettered_texts(26, 700);
  const auto shards = make_shards(folder, texts);
  const BertSampler sampler(split_tokens(shards, 0), 1, {.length = kLength});
  EXPECT_EQ(sampler.masked(), 10);
  const int64_t count = 2000;
  const BertBatch batch = sampler.train_batch(0, count);
  int64_t next = 0, at_sentence = 0;
  for (int64_t r = 0; r < count; ++r) {
    const Row row = unmasked(batch, r, true);
    next += row.is_next ? 1 : 0;
    const auto holds = [&](const std::string& part) {
      return std::find_if(texts.begin(), texts.end(), [&](const std::string& text) {
        return text.find(part) != std::string::npos;
      });
    };
    EXPECT_NE(holds(row.first), texts.end());
    EXPECT_NE(holds(row.second), texts.end());
    EXPECT_EQ(holds(row.first + row.second) != texts.end(), row.is_next);
    EXPECT_LE(batch.lengths[static_cast<size_t>(r)], kLength);
    at_sentence += row.first.back() == '\n' || (row.first.back() == '.') ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(next), 1000, 5 * 22.4);
  EXPECT_GT(at_sentence, 1000);
}

TEST(Bert, SingleTextsNeedNoPair) {
  const TemporaryFolder folder;
  const auto texts = lettered_texts(5, 300);
  const BertSampler sampler(split_tokens(make_shards(folder, texts), 0), 1,
                            {.length = kLength, .pairs = false});
  const BertBatch batch = sampler.train_batch(3, 60);
  for (int64_t r = 0; r < 60; ++r) {
    const Row row = unmasked(batch, r, false);
    EXPECT_TRUE(std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
      return text.find(row.first) != std::string::npos;
    }));
  }
}

TEST(Bert, ASampleDoesNotDependOnItsBatch) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(make_shards(folder, lettered_texts(9, 400)), 0.2);
  const BertSampler sampler(split, 1, {.length = kLength});
  const uint64_t first = sampler.samples_per_epoch() - 5;
  const BertBatch whole = sampler.train_batch(first, 10);
  for (int64_t at = 0; at < 10; ++at) {
    const BertBatch one = BertSampler(split, 1, {.length = kLength})
                              .train_batch(first + static_cast<uint64_t>(at), 1);
    const auto same = [&](const auto& part, const auto& all, int64_t n) {
      return std::equal(part.begin(), part.end(), all.begin() + at * n);
    };
    EXPECT_TRUE(same(one.ids, whole.ids, kLength));
    EXPECT_TRUE(same(one.segments, whole.segments, kLength));
    EXPECT_TRUE(same(one.lengths, whole.lengths, 1));
    EXPECT_TRUE(same(one.masked_positions, whole.masked_positions, one.masked));
    EXPECT_TRUE(same(one.masked_labels, whole.masked_labels, one.masked));
    EXPECT_TRUE(same(one.masked_weights, whole.masked_weights, one.masked));
    EXPECT_TRUE(same(one.next_sentence, whole.next_sentence, 1));
  }
  EXPECT_NE(BertSampler(split, 2, {.length = kLength}).train_batch(first, 10).ids, whole.ids);
  // The next epoch masks anew.
  const uint64_t epoch = sampler.samples_per_epoch();
  EXPECT_NE(sampler.train_batch(0, static_cast<int64_t>(epoch)).masked_positions,
            sampler.train_batch(epoch, static_cast<int64_t>(epoch)).masked_positions);
}

TEST(Bert, ValidationIsFixedAndHeldOut) {
  const TemporaryFolder folder;
  const auto texts = lettered_texts(26, 300);
  const TokenSplit split = split_tokens(make_shards(folder, texts), 0.3);
  ASSERT_TRUE(split.validation.piece(0).starts_document);
  std::set<char> held_out;
  for (uint64_t p = 0; p < split.validation.piece_count(); ++p)
    held_out.insert(static_cast<char>('a' + split.validation.piece(p).document));
  const BertSampler sampler(split, 1, {.length = kLength}), other(split, 99, {.length = kLength});
  const auto n = static_cast<int64_t>(sampler.validation_samples());
  const BertBatch batch =
      sampler.validation_batch(numbers_from(0, static_cast<uint64_t>(n)), n + 2);
  const BertBatch same = other.validation_batch(numbers_from(0, static_cast<uint64_t>(n)), n + 2);
  EXPECT_EQ(batch.ids, same.ids);
  const BertBatch third = sampler.validation_batch(std::vector<uint64_t>{2}, 1);
  EXPECT_TRUE(std::equal(third.ids.begin(), third.ids.end(), batch.ids.begin() + 2 * kLength))
      << "a sample depends on what it is evaluated with";
  EXPECT_EQ(batch.masked_positions, same.masked_positions);
  EXPECT_EQ(batch.next_sentence, same.next_sentence);
  const auto letters_in = [](const Row& row) {
    std::set<char> letters;
    for (char c : row.first + row.second) {
      if (c >= 'a' && c <= 'z') letters.insert(c);
    }
    return letters;
  };
  for (int64_t r = 0; r < n; ++r) {
    for (char letter : letters_in(unmasked(batch, r, true))) EXPECT_TRUE(held_out.count(letter));
  }
  for (int64_t r = n; r < n + 2; ++r) {  // rows past the end weigh nothing
    EXPECT_EQ(batch.next_weights[static_cast<size_t>(r)], 0);
    EXPECT_EQ(batch.lengths[static_cast<size_t>(r)], 2);
    for (int64_t p = 0; p < batch.masked; ++p)
      EXPECT_EQ(batch.masked_weights[static_cast<size_t>(r * batch.masked + p)], 0);
  }
  const auto epoch = static_cast<int64_t>(sampler.samples_per_epoch());
  const BertBatch train = sampler.train_batch(0, 3 * epoch);
  for (int64_t r = 0; r < 3 * epoch; ++r) {
    for (char letter : letters_in(unmasked(train, r, true))) EXPECT_FALSE(held_out.count(letter));
  }
}

TEST(Bert, ATextWithNoElsewhereKeepsItsTrueContinuation) {
  const TemporaryFolder folder;
  const std::string text = "a short text";
  const BertSampler sampler(split_tokens(make_shards(folder, {text}), 0), 1, {.length = kLength});
  EXPECT_EQ(sampler.samples_per_epoch(), 1u);
  const BertBatch batch = sampler.train_batch(0, 50);
  for (int64_t r = 0; r < 50; ++r) {
    const Row row = unmasked(batch, r, true);
    EXPECT_TRUE(row.is_next);
    EXPECT_NE(text.find(row.first + row.second), std::string::npos);
  }
}

TEST(Bert, OneLongTextHasElsewheresOfItsOwn) {
  const TemporaryFolder folder;
  const std::string text = random_text(1, 3000);
  const BertSampler sampler(split_tokens(make_shards(folder, {text}), 0), 1, {.length = kLength});
  const BertBatch batch = sampler.train_batch(0, 500);
  int64_t next = 0;
  for (int64_t r = 0; r < 500; ++r) {
    const Row row = unmasked(batch, r, true);
    EXPECT_EQ(text.find(row.first + row.second) != std::string::npos, row.is_next);
    next += row.is_next ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(next), 250, 5 * 11.2);
}

TEST(Bert, RefusesWhatItCannotSample) {
  const TemporaryFolder folder;
  const TokenSplit split = split_tokens(make_shards(folder, {"x"}), 0);
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 64}); }), "tokenize longer");
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 4}); }), "leaves no room");
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 2, .pairs = false}); }),
                  "leaves no room");
  expect_contains(error_of([&] { BertSampler(split, 1, {.length = 64, .masking = {.rate = 0}}); }),
                  "masking rate");
  const BertSampler sampler(split, 1, {.length = 3, .pairs = false});
  EXPECT_EQ(sampler.train_batch(0, 1).lengths[0], 3);
  expect_contains(error_of([&] { sampler.train_batch(0, 0); }), "a batch of 0 samples");
}

}  // namespace
}  // namespace tessera
