#include "framework/data/tokenize.h"

#include <sys/stat.h>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

std::string document_text(const TokenShards& shards, uint64_t document) {
  const uint64_t begin = shards.document_begin(document);
  std::vector<int32_t> ids(shards.document_begin(document + 1) - begin);
  shards.read(begin, ids);
  EXPECT_EQ(ids.front(), shards.tokenizer().special().end_of_document);
  for (size_t i = 1; i < ids.size(); ++i) EXPECT_LT(ids[i], 256);
  return shards.tokenizer().decode(ids);
}

TEST(Tokenize, KeepsEveryDocumentInTheOrderOfNames) {
  const TemporaryFolder folder;
  write_file(folder / "in" / "b.txt", "second");
  write_file(folder / "in" / "a" / "z.txt", "first");
  write_file(folder / "in" / "c", "third\n");
  const TokenizeResult result = tokenize({folder / "in"}, folder / "out", ByteTokenizer{});
  EXPECT_EQ(result.documents, 3u);
  EXPECT_EQ(result.tokens, 3u + 5 + 6 + 6);
  EXPECT_EQ(result.text_bytes, 17u);
  EXPECT_EQ(result.shards, 1u);
  const auto shards = TokenShards::open(folder / "out");
  ASSERT_EQ(shards->document_count(), 3u);
  EXPECT_EQ(shards->token_count(), result.tokens);
  EXPECT_EQ(shards->text_bytes(), 17u);
  EXPECT_EQ(document_text(*shards, 0), "first");
  EXPECT_EQ(document_text(*shards, 1), "second");
  EXPECT_EQ(document_text(*shards, 2), "third\n");
  EXPECT_FALSE(fs::exists(folder / ".out.partial"));
}

TEST(Tokenize, LongTextsCrossPiecesBlocksAndShards) {
  const TemporaryFolder folder;
  std::vector<std::string> texts = {random_text(1, 200), std::string(9 << 20, 'x'),
                                    random_text(2, 5 << 20), random_text(3, 70000)};
  texts[1][5000000] = '\n';  // lines far longer than a piece
  const auto shards = make_shards(folder, texts, {.shard_tokens = 100000});
  EXPECT_EQ(shards->manifest().shards.size(), 3u);
  ASSERT_EQ(shards->document_count(), texts.size());
  for (size_t d = 0; d < texts.size(); ++d) {
    EXPECT_TRUE(document_text(*shards, d) == texts[d]) << d;
    EXPECT_EQ(shards->document_at(shards->document_begin(d)), d);
    EXPECT_EQ(shards->document_at(shards->document_begin(d + 1) - 1), d);
  }
  // A read across all documents and shards equals the pieces.
  std::vector<int32_t> all(shards->token_count()), part(1000);
  shards->read(0, all);
  for (uint64_t first = 0; first + part.size() <= all.size(); first += 77777) {
    shards->read(first, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + static_cast<int64_t>(first)));
  }
}

TEST(Tokenize, GivesTheSameBytesTwice) {
  const TemporaryFolder folder;
  const std::vector<std::string> texts = {random_text(1, 90000), random_text(2, 1000)};
  make_shards(folder, texts);
  const std::string shard = read_file(folder / "shards" / "tokens-00000.shard");
  const std::string manifest = read_file(folder / "shards" / "manifest.json");
  make_shards(folder, texts, {.overwrite = true});
  EXPECT_TRUE(shard == read_file(folder / "shards" / "tokens-00000.shard"));
  EXPECT_EQ(manifest, read_file(folder / "shards" / "manifest.json"));
}

TEST(Tokenize, CountsWhatItLeavesOut) {
  const TemporaryFolder folder;
  write_file(folder / "in" / "text", "text");
  write_file(folder / "in" / "empty", "");
  write_file(folder / "in" / "binary", std::string("a\0b", 3));
  write_file(folder / "in" / ".hidden" / "text", "hidden");
  fs::create_symlink("nowhere", folder / "in" / "dangling");
  fs::create_directory_symlink(".", folder / "in" / "loop");
  fs::create_hard_link(folder / "in" / "text", folder / "in" / "twin");
  ASSERT_EQ(::mkfifo((folder / "in" / "pipe").c_str(), 0600), 0);
  const auto in = folder / "in";
  TokenizeOptions options{.reading = {.skip_unreadable = true}};
  const TokenizeResult result = tokenize({in, in / "text"}, in / "out", ByteTokenizer{}, options);
  EXPECT_EQ(result.documents, 1u);
  EXPECT_EQ(result.empty, 1u);
  EXPECT_EQ(result.binary, 1u);
  EXPECT_EQ(result.hidden, 1u);
  EXPECT_EQ(result.special, 1u);
  EXPECT_EQ(result.duplicates, 3u);  // loop, twin, and text named beside its folder
  ASSERT_EQ(result.unreadable.size(), 1u);
  expect_contains(result.unreadable[0], "dangling: No such file");
  // The second run takes the hidden files too; the output inside the input is not read.
  options.overwrite = options.include_hidden = true;
  const TokenizeResult more = tokenize({in}, in / "out", ByteTokenizer{}, options);
  EXPECT_EQ(more.documents, 2u);
  EXPECT_EQ(more.hidden, 0u);
}

TEST(Tokenize, ReportsProgressAndStopsWhenItThrows) {
  const TemporaryFolder folder;
  write_file(folder / "in" / "a", random_text(1, 1000));
  write_file(folder / "in" / "b", random_text(2, 1000));
  TokenizeProgress last;
  tokenize({folder / "in"}, folder / "out", ByteTokenizer{}, {},
           [&](const TokenizeProgress& progress) {
             EXPECT_GE(progress.bytes, last.bytes);
             EXPECT_GE(progress.files, last.files);
             last = progress;
           });
  EXPECT_EQ(last.files, 2u);
  EXPECT_EQ(last.bytes, last.bytes_total);
  struct Stop {};
  EXPECT_THROW(tokenize({folder / "in"}, folder / "other", ByteTokenizer{}, {},
                        [](const TokenizeProgress&) { throw Stop(); }),
               Stop);
  EXPECT_FALSE(fs::exists(folder / "other"));
  EXPECT_FALSE(fs::exists(folder / ".other.partial"));
}

}  // namespace
}  // namespace tessera
