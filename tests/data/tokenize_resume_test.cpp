// Work that was interrupted goes on from its last complete shard, to the same bytes.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/data/compressed.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

struct Interrupted {};

class Resume : public testing::Test {
 protected:
  Resume() {
    std::string lines;
    for (int i = 0; i < 8000; ++i)
      lines += i % 100 == 7 ? "broken\n"
                            : fmt::format("{{\"text\": \"{} {}\"}}\n", i, std::string(100, 'y'));
    write_file(folder_ / "in/a.txt", random_text(1, 40000));
    write_file(folder_ / "in/b.jsonl.gz", gzip(lines));
    write_file(folder_ / "in/c.csv", "text\n" + random_table());
    write_file(folder_ / "in/d.txt", random_text(2, 50000));
    options_.reading.skip_broken = true;
    options_.shard_tokens = 60000;
    options_.threads = 2;
  }
  static std::string random_table() {
    std::string table;
    for (int i = 0; i < 5000; ++i) table += fmt::format("\"row\n{}, {}\"\n", i, i * i);
    return table;
  }

  TokenizeResult run(const std::string& out,
                     const std::function<void(const TokenizeProgress&)>& progress = {}) {
    return tokenize({folder_ / "in"}, folder_ / out, ByteTokenizer{}, options_, progress);
  }
  std::map<std::string, std::string> files(const std::string& out) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_ / out))
      all[entry.path().filename().string()] = read_file(entry.path());
    return all;
  }
  /// Shards that lie complete in the unfinished folder of `out`.
  uint64_t journaled(const std::string& out) {
    const std::string journal = read_file(folder_ / ("." + out + ".partial") / "journal.jsonl");
    uint64_t count = 0;
    for (size_t at = 0; (at = journal.find("\"shard\":", at)) != std::string::npos; ++at) ++count;
    return count;
  }
  /// Runs until some shards are complete, and is then interrupted by an exception.
  uint64_t interrupt(const std::string& out, uint64_t after = 2) {
    EXPECT_THROW(run(out,
                     [&](const TokenizeProgress&) {
                       if (journaled(out) >= after) throw Interrupted();
                     }),
                 Interrupted);
    EXPECT_FALSE(fs::exists(folder_ / out));
    return journaled(out);
  }

  TemporaryFolder folder_;
  TokenizeOptions options_;
};

TEST_F(Resume, AfterAnExceptionGivesTheSameBytes) {
  const TokenizeResult whole = run("whole");
  ASSERT_GT(whole.shards, 15u);
  EXPECT_EQ(whole.broken_records, 80u);
  const uint64_t kept = interrupt("out", 4);
  ASSERT_GE(kept, 4u);
  options_.threads = 3;
  uint64_t before = 0;
  const TokenizeResult result =
      run("out", [&](const TokenizeProgress& progress) { before = progress.bytes_before; });
  EXPECT_GT(before, 0u);
  EXPECT_EQ(result.shards_before, kept);
  EXPECT_EQ(result.broken_records, 80u);
  EXPECT_EQ(result.documents, whole.documents);
  EXPECT_EQ(result.tokens, whole.tokens);
  EXPECT_EQ(result.text_bytes, whole.text_bytes);
  EXPECT_TRUE(files("out") == files("whole"));
  EXPECT_FALSE(fs::exists(folder_ / ".out.partial"));
}

TEST_F(Resume, AfterKillNineAgainAndAgain) {
  run("whole");
  for (uint64_t after = 1; after < 16; after += 3) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        run("out", [&](const TokenizeProgress&) {
          if (journaled("out") >= after) ::raise(SIGKILL);
        });
      } catch (...) {
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status)) break;  // it came to its end
    EXPECT_GE(journaled("out"), after);
  }
  if (!fs::exists(folder_ / "out")) {
    EXPECT_GT(run("out").shards_before, 10u);
  }
  EXPECT_TRUE(files("out") == files("whole"));
}

TEST_F(Resume, ADamagedOrTornJournalCostsOnlyTheShardsBehindIt) {
  run("whole");
  const fs::path partial = folder_ / ".out.partial";
  const uint64_t kept = interrupt("out", 4);
  std::ofstream(partial / "journal.jsonl", std::ios::app) << "{\"shard\": \"tokens-0";
  EXPECT_EQ(run("out").shards_before, kept);
  EXPECT_TRUE(files("out") == files("whole"));
  fs::remove_all(folder_ / "out");

  ASSERT_GE(interrupt("out", 4), 4u);
  fs::resize_file(partial / "tokens-00002.shard", 1000);
  write_file(partial / "tokens-00099.shard", "left over");
  EXPECT_EQ(run("out").shards_before, 2u);
  EXPECT_TRUE(files("out") == files("whole"));
  fs::remove_all(folder_ / "out");

  interrupt("out");
  write_file(partial / "journal.jsonl", "what?\n");
  EXPECT_EQ(run("out").shards_before, 0u);
  EXPECT_TRUE(files("out") == files("whole"));
}

TEST_F(Resume, OtherArgumentsAreNamed) {
  interrupt("out");
  options_.shard_tokens = 70000;
  options_.reading.columns = {"text", "more"};
  const std::string error = error_of([&] { run("out"); });
  expect_contains(error, ".out.partial holds the ");
  expect_contains(error,
                  "complete shards of an interrupted run with other arguments: --shard-tokens was "
                  "60000 and is 70000; --column was text and is text,more; give the same arguments "
                  "to go on, or remove that folder to begin anew");
  options_.shard_tokens = 60000;
  options_.reading.columns = {"text"};
  EXPECT_GE(run("out").shards_before, 2u);
}

TEST_F(Resume, ChangedSourcesAreNamed) {
  options_.shard_tokens = 30000;
  interrupt("out", 3);  // a.txt has ended, b.jsonl.gz has not
  const std::string text = read_file(folder_ / "in/a.txt");
  const auto time = fs::last_write_time(folder_ / "in/a.txt");
  write_file(folder_ / "in/a.txt", text + "more");
  expect_contains(error_of([&] { run("out"); }), "in/a.txt has another size or time; restore");
  fs::rename(folder_ / "in/a.txt", folder_ / "in/e.txt");
  expect_contains(error_of([&] { run("out"); }), "in/a.txt is missing; restore");
  fs::remove(folder_ / "in/e.txt");
  write_file(folder_ / "in/a.txt", text);
  fs::last_write_time(folder_ / "in/a.txt", time);

  const std::string packed = read_file(folder_ / "in/b.jsonl.gz");
  for (const std::string& other : {gzip("{\"text\": \"other\"}\n"), std::string("\0", 1)}) {
    write_file(folder_ / "in/b.jsonl.gz", other);
    expect_contains(error_of([&] { run("out"); }), "b.jsonl.gz: ");
  }
  for (const char* gone : {"b.jsonl.gz", "c.csv", "d.txt"})
    fs::rename(folder_ / "in" / gone, folder_ / gone);
  expect_contains(error_of([&] { run("out"); }), "in/b.jsonl.gz is missing; restore");
  for (const char* back : {"b.jsonl.gz", "c.csv", "d.txt"})
    fs::rename(folder_ / back, folder_ / "in" / back);
  write_file(folder_ / "in/b.jsonl.gz", packed);
  EXPECT_GE(run("out").shards_before, 3u);
}

TEST_F(Resume, TheFileInWhichTheFirstShardEndsIsKnown) {
  options_.shard_tokens = 1000;
  write_file(folder_ / "in/a.txt", "a");
  interrupt("out", 1);  // within b.jsonl.gz
  EXPECT_EQ(read_file(folder_ / ".out.partial/journal.jsonl").find("c.csv"), std::string::npos);
  write_file(folder_ / "in/0.txt", "new");
  fs::rename(folder_ / "in/b.jsonl.gz", folder_ / "in/z.jsonl.gz");
  const std::string error = error_of([&] { run("out"); });
  expect_contains(error, "in/b.jsonl.gz is missing, ");
  expect_contains(error, "in/0.txt is new; restore");
  fs::rename(folder_ / "in/z.jsonl.gz", folder_ / "in/b.jsonl.gz");
  expect_contains(error_of([&] { run("out"); }), "in/0.txt is new; restore");
  fs::remove(folder_ / "in/0.txt");
  write_file(folder_ / "in/e.txt", "what comes later makes no difference");
  EXPECT_GE(run("out").shards_before, 1u);
}

TEST_F(Resume, AFileThatVanishesCostsNothingThatWasDone) {
  const fs::path gone = folder_ / "in/d.txt";
  write_file(folder_ / "in/c.txt", std::string(16 << 20, 'z'));  // takes longer than to remove it
  const std::string error = error_of([&] {
    run("out", [&](const TokenizeProgress&) {
      if (fs::exists(gone) && journaled("out") >= 1) fs::remove(gone);
    });
  });
  expect_contains(error,
                  "in/d.txt: No such file or directory; make it readable, or give "
                  "--skip-unreadable to leave such out");
  EXPECT_GE(run("out").shards_before, 1u);  // without it
  EXPECT_TRUE(fs::exists(folder_ / "out"));
}

TEST_F(Resume, AnErrorKeepsTheCompleteShardsToo) {
  run("whole");
  const std::string table = read_file(folder_ / "in/c.csv");
  write_file(folder_ / "in/c.csv", "other\n");
  expect_contains(error_of([&] { run("out"); }), "c.csv: has no column");
  write_file(folder_ / "in/c.csv", table);
  EXPECT_GT(run("out").shards_before, 5u);
  EXPECT_TRUE(files("out") == files("whole"));
}

}  // namespace
}  // namespace tessera
