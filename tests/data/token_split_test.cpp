#include "framework/data/token_split.h"

#include <cmath>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

std::vector<std::string> many_texts(size_t count, size_t bytes) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) texts.push_back(random_text(i, bytes / 2 + i * bytes / count));
  return texts;
}

/// Every token is in exactly one part, and the pieces of each part say truly where they lie.
void expect_partition(const TokenSplit& split) {
  const TokenShards& shards = split.train.shards();
  std::vector<int> owners(shards.token_count());
  for (const TokenPart* part : {&split.train, &split.validation}) {
    uint64_t position = 0;
    for (uint64_t p = 0; p < part->piece_count(); ++p) {
      const TokenPart::Piece piece = part->piece(p);
      EXPECT_EQ(piece.begin, position);
      EXPECT_LT(piece.begin, piece.end);
      const uint64_t begin = shards.document_begin(piece.document);
      const uint64_t end = shards.document_begin(piece.document + 1);
      EXPECT_EQ(piece.starts_document, piece.first_token == begin);
      EXPECT_EQ(piece.ends_document, piece.first_token + (piece.end - piece.begin) == end);
      std::vector<int32_t> ids(piece.end - piece.begin), same(ids.size());
      part->read(piece.begin, ids);
      shards.read(piece.first_token, same);
      EXPECT_EQ(ids, same);
      for (position = piece.begin; position < piece.end; ++position) {
        ++owners[piece.first_token + (position - piece.begin)];
        if (position > piece.begin + 2 && position + 2 < piece.end) continue;
        const TokenPart::Piece at = part->piece_at(position);
        EXPECT_EQ(at.document, piece.document);
        EXPECT_EQ(at.begin, piece.begin);
        EXPECT_EQ(at.end, piece.end);
      }
    }
    EXPECT_EQ(position, part->token_count());
  }
  for (int owner : owners) EXPECT_EQ(owner, 1);
}

/// Whether whole documents are held out, and not the tail of every one.
bool holds_out_documents(const TokenSplit& split) {
  for (uint64_t p = 0; p < split.validation.piece_count(); ++p)
    if (!split.validation.piece(p).starts_document) return false;
  return true;
}

double share(const TokenSplit& split) {
  return static_cast<double>(split.validation.token_count()) /
         static_cast<double>(split.train.shards().token_count());
}

TEST(TokenSplit, ManyDocumentsAreHeldOutWhole) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, many_texts(150, 1000), {.shard_tokens = 20000});
  for (const double fraction : {0.05, 0.1, 0.3}) {
    const TokenSplit split = split_tokens(shards, fraction);
    EXPECT_TRUE(holds_out_documents(split));
    expect_partition(split);
    EXPECT_NEAR(share(split), fraction, 0.25 * fraction);
    for (uint64_t p = 0; p < split.validation.piece_count(); ++p) {
      EXPECT_TRUE(split.validation.piece(p).ends_document);
    }
  }
}

TEST(TokenSplit, FewDocumentsGiveTheirTails) {
  for (const size_t documents : {1, 3, 12}) {
    const TemporaryFolder folder;
    const auto shards = make_shards(folder, many_texts(documents, 5000));
    const TokenSplit split = split_tokens(shards, 0.1);
    EXPECT_FALSE(holds_out_documents(split));
    expect_partition(split);
    EXPECT_NEAR(share(split), 0.1, 0.001);
    EXPECT_EQ(split.validation.piece_count(), documents);
    EXPECT_EQ(split.train.piece_count(), documents);
    EXPECT_FALSE(split.train.piece(0).ends_document);
    EXPECT_FALSE(split.validation.piece(0).starts_document);
    EXPECT_TRUE(split.validation.piece(0).ends_document);
  }
}

TEST(TokenSplit, OneHugeDocumentAmongSmallOnesStillHonoursTheFraction) {
  const TemporaryFolder folder;
  std::vector<std::string> texts = many_texts(30, 100);
  texts.push_back(random_text(99, 500000));
  const TokenSplit split = split_tokens(make_shards(folder, texts), 0.05);
  EXPECT_FALSE(holds_out_documents(split));
  EXPECT_NEAR(share(split), 0.05, 0.001);
  expect_partition(split);
}

TEST(TokenSplit, IsTheSameEveryTime) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, many_texts(40, 1000));
  const TokenSplit a = split_tokens(shards, 0.2), b = split_tokens(shards, 0.2);
  ASSERT_EQ(a.validation.piece_count(), b.validation.piece_count());
  for (uint64_t p = 0; p < a.validation.piece_count(); ++p)
    EXPECT_EQ(a.validation.piece(p).document, b.validation.piece(p).document);
}

TEST(TokenSplit, NothingHeldOut) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, many_texts(3, 100));
  const TokenSplit split = split_tokens(shards, 0);
  EXPECT_EQ(split.validation.token_count(), 0u);
  EXPECT_EQ(split.train.token_count(), shards->token_count());
}

TEST(TokenSplit, RefusesWhatItCannotHonour) {
  const TemporaryFolder folder;
  const auto shards = make_shards(folder, {"abc"});
  for (const double fraction : {-0.1, 1.0, 2.0, std::nan("")})
    expect_contains(error_of([&] { split_tokens(shards, fraction); }),
                    "at least 0 and less than 1");
  expect_contains(error_of([&] { split_tokens(shards, 0.1); }), "4 tokens are too few");
}

}  // namespace
}  // namespace tessera
