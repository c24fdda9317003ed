// Corpora become shards: records as documents, any number of threads, marks, and what is left out.
#include <unistd.h>

#include <cstdlib>

#include "framework/data/shard_manifest.h"
#include "tests/data/compressed.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

class Corpus : public testing::Test {
 protected:
  TokenizeResult run(const TokenizeOptions& options = {}, const std::string& out = "out") {
    return tokenize({folder_ / "in"}, folder_ / out, ByteTokenizer{}, options);
  }
  /// The texts of all documents, without their marks.
  std::vector<std::string> texts(const std::string& out = "out") {
    const auto shards = TokenShards::open(folder_ / out);
    std::vector<std::string> all;
    for (uint64_t d = 0; d < shards->document_count(); ++d) {
      const uint64_t begin = shards->document_begin(d);
      std::vector<int32_t> ids(shards->document_begin(d + 1) - begin);
      shards->read(begin, ids);
      all.push_back(shards->tokenizer().decode(ids));
    }
    return all;
  }
  std::string bytes_of(const std::string& out) {
    std::string all;
    for (const auto& entry : list(out)) all += entry + "\n" + read_file(folder_ / out / entry);
    return all;
  }
  std::vector<std::string> list(const std::string& out) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / out))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  using Texts = std::vector<std::string>;
  TemporaryFolder folder_;
};

TEST_F(Corpus, RecordsAreDocuments) {
  write_file(folder_ / "in/a.jsonl.gz",
             gzip("{\"text\": \"one\"}\n{\"text\": \"\"}\n{\"text\": \"two\"}\n"));
  write_file(folder_ / "in/b.csv", "id,text\n1,\"three,\n3\"\n");
  write_file(folder_ / "in/c.tsv.zst", zstd("text\tid\nfour\t4\n"));
  write_file(folder_ / "in/d.txt", "five\n");
  const TokenizeResult result = run();
  EXPECT_EQ(texts(), (Texts{"one", "two", "three,\n3", "four", "five\n"}));
  EXPECT_EQ(result.documents, 5u);
  EXPECT_EQ(result.empty_records, 1u);
  EXPECT_EQ(result.text_bytes, 3u + 3 + 8 + 4 + 5);
}

TEST_F(Corpus, ShardsNameTheirSourcesAndHashes) {
  write_file(folder_ / "in/a.txt", "one");
  write_file(folder_ / "in/b.jsonl", "{\"text\": \"two\"}\n{\"text\": \"three\"}\n");
  write_file(folder_ / "in/c.txt", "");
  run();
  const std::string records = read_file(folder_ / "out/sources.jsonl");
  EXPECT_EQ(std::count(records.begin(), records.end(), '\n'), 2) << records;
  RunningHash one;
  one.update("one");
  expect_contains(records, fmt::format("a.txt\",\"bytes\":3,\"xxh3\":\"{:016x}\"", one.value()));
  expect_contains(records, "b.jsonl\",\"bytes\":34,\"xxh3\":\"");
  expect_contains(records, "\"documents\":2}");
  RunningHash hash;
  hash.update(records);
  EXPECT_EQ(read_shard_manifest(folder_ / "out").sources_hash, hash.value());
}

TEST_F(Corpus, AnyNumberOfThreadsGivesTheSameBytes) {
  std::string lines;
  for (int i = 0; i < 3000; ++i)
    lines += fmt::format("{{\"text\": \"{}\"}}\n", std::string(static_cast<size_t>(i % 400), 'x'));
  write_file(folder_ / "in/a.jsonl", lines);
  write_file(folder_ / "in/b.txt", random_text(1, 3 << 20));
  for (int i = 0; i < 300; ++i)
    write_file(folder_ / fmt::format("in/c/{:03}", i), random_text(i, 900));
  run({.shard_tokens = 100000, .threads = 1}, "one");
  EXPECT_GT(list("one").size(), 5u);
  for (const int threads : {2, 7}) {
    run({.shard_tokens = 100000, .threads = threads}, "many");
    EXPECT_TRUE(bytes_of("one") == bytes_of("many")) << threads;
    fs::remove_all(folder_ / "many");
  }
}

TEST_F(Corpus, OtherIdsMayMarkDocuments) {
  write_file(folder_ / "in/a", "one");
  const auto ids = [&](const DocumentMarks& marks) {
    run({.overwrite = true, .marks = marks});
    const auto shards = TokenShards::open(folder_ / "out");
    std::vector<int32_t> all(shards->token_count());
    shards->read(0, all);
    return all;
  };
  EXPECT_EQ(ids({.opens = 258, .closes = 259}), (std::vector<int32_t>{258, 'o', 'n', 'e', 259}));
  EXPECT_EQ(ids({.closes = 0}), (std::vector<int32_t>{'o', 'n', 'e', 0}));
  expect_contains(error_of([&] { ids({}); }), "no token opens or closes a document");
  expect_contains(error_of([&] { ids({.opens = 261}); }),
                  "the id 261 that is to mark documents is outside of the vocabulary of 261");
}

TEST_F(Corpus, BrokenRecordsAreErrorsOrCounted) {
  write_file(folder_ / "in/a.jsonl", "{\"text\": \"one\"}\n{\"text\n{\"text\": \"two\"}\n5\n");
  expect_contains(error_of([&] { run(); }),
                  "in/a.jsonl, line 2 is not JSON: it makes no sense at byte 7; mend it, or give "
                  "--skip-broken to leave such out");
  EXPECT_EQ(list(""), Texts{"in"});
  const TokenizeResult result = run({.reading = {.skip_broken = true}});
  EXPECT_EQ(result.broken_records, 2u);
  expect_contains(result.first_broken, "a.jsonl, line 2");
  EXPECT_EQ(texts(), (Texts{"one", "two"}));
  write_file(folder_ / "in/a.jsonl", "{\"text\": \"\"}\n5\n");
  expect_contains(error_of([&] { run({.overwrite = true, .reading = {.skip_broken = true}}); }),
                  "1 file; 1 records without text; 1 broken records: ");
}

TEST_F(Corpus, DamagedSourcesAreErrors) {
  write_file(folder_ / "in/a.txt", "fine");
  const std::string packed = gzip(random_text(1, 1 << 20));
  write_file(folder_ / "in/b.txt.gz", packed.substr(0, packed.size() / 2));
  expect_contains(error_of([&] { run(); }), "in/b.txt.gz: cut short: the gzip data end");
  write_file(folder_ / "in/b.txt.gz", "PAR1");
  expect_contains(error_of([&] { run(); }), "Parquet is not read; convert it with");
  fs::remove(folder_ / "in/b.txt.gz");
  write_file(folder_ / "in/b.csv", "a,b\n1,2\n");
  expect_contains(error_of([&] { run(); }), "in/b.csv: has no column \"text\"; it has: a, b");
  EXPECT_EQ(list(""), Texts{"in"});
}

TEST_F(Corpus, StandardInput) {
  write_file(folder_ / "in.jsonl", "{\"text\": \"one\"}\n");
  const int saved = ::dup(STDIN_FILENO);
  ASSERT_NE(::freopen((folder_ / "in.jsonl").c_str(), "r", stdin), nullptr);
  const TokenizeOptions options{.reading = {.format = TextFormat::json_lines}};
  tokenize({"-"}, folder_ / "out", ByteTokenizer{}, options);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  EXPECT_EQ(texts(), Texts{"one"});
  expect_contains(read_file(folder_ / "out/sources.jsonl"), "{\"file\":\"-\"");
}

TEST_F(Corpus, AnErrorEndsTheWaitForStandardInput) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(ends[0], STDIN_FILENO);
  write_file(folder_ / "in/a.jsonl", std::string(5000, '\n') + "5\n");
  expect_contains(error_of([&] {
                    tokenize({folder_ / "in", "-"}, folder_ / "out", ByteTokenizer{},
                             {.reading = {.format = TextFormat::json_lines}});
                  }),
                  "line 5001");
  ::dup2(saved, STDIN_FILENO);
  for (const int end : {saved, ends[0], ends[1]}) ::close(end);
}

}  // namespace
}  // namespace tessera
