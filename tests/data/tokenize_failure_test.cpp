// Every way in which tokenizing can fail says what to change and leaves what was there before, and
// nothing else.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "framework/data/source_files.h"
#include "tests/data/compressed.h"
#include "tests/data/text_folder.h"
#include "tests/names_in.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

class TokenizeFailure : public testing::Test {
 protected:
  TokenizeFailure() { write_file(folder_ / "in" / "text", random_text(1, 500000)); }
  std::string error_into(const fs::path& out, const TokenizeOptions& options = {}) {
    return error_of([&] { tokenize({folder_ / "in"}, out, ByteTokenizer{}, options); });
  }
  TemporaryFolder folder_;
};

TEST_F(TokenizeFailure, NoInput) {
  expect_contains(error_of([&] { tokenize({}, folder_ / "out", ByteTokenizer{}); }), "no input");
  expect_contains(error_of([&] { tokenize({folder_ / "no"}, folder_ / "out", ByteTokenizer{}); }),
                  "no: cannot read: No such file");
  EXPECT_EQ(names_in(folder_.path()), std::set<std::string>{"in"});
}

TEST_F(TokenizeFailure, NothingButBinaryAndEmptyFiles) {
  write_file(folder_ / "none" / "binary", std::string(100, '\0'));
  write_file(folder_ / "none" / "empty", "");
  const std::string error =
      error_of([&] { tokenize({folder_ / "none"}, folder_ / "out", ByteTokenizer{}); });
  expect_contains(error, "no text found: 2 files; 1 empty; 1 binary; name other files or folders");
  EXPECT_EQ(names_in(folder_.path()), (std::set<std::string>{"in", "none"}));
}

TEST_F(TokenizeFailure, NothingButUnfinishedOutputs) {
  write_file(folder_ / "none" / "told.jsonl.partial", "{}\n");
  expect_contains(error_of([&] { tokenize({folder_ / "none"}, folder_ / "out", ByteTokenizer{}); }),
                  "0 files; 1 unfinished outputs (.partial); name one to read it; name other");
}

/// A Unigram model may cut nowhere, so a document of it is held in memory.
TEST_F(TokenizeFailure, ADocumentThatMayNotBeCutIsTooLong) {
  std::string model = piece("<unk>", 0, kUnknown);
  for (int byte = 0; byte < 256; ++byte) model += piece(fmt::format("<0x{:02X}>", byte), 0, kByte);
  const Tokenizer tokenizer(
      TokenizerFiles({{"a.model", model + piece("</s>", 0, kControl) + piece("a", -1) +
                                      training(1, true) + identity()}}),
      "the model");
  const TokenizeOptions options{.most_uncut = 400'000};
  expect_contains(
      error_of([&] { tokenize({folder_ / "in"}, folder_ / "out", tokenizer, options); }),
      "in/text: has a document of more than 0 MiB, and this tokenizer knows no place in it where a "
      "text may be cut; split the file");
  EXPECT_EQ(names_in(folder_.path()), std::set<std::string>{"in"});
  EXPECT_EQ(tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{}, options).documents, 1u);
}

TEST_F(TokenizeFailure, TablesWithoutRowsAreNamed) {
  write_file(folder_ / "none" / "a.csv", "text,label\n");
  write_file(folder_ / "none" / "b.jsonl", "\n\n");
  const std::string error =
      error_of([&] { tokenize({folder_ / "none"}, folder_ / "out", ByteTokenizer{}); });
  expect_contains(error, "2 files; 2 without a record (a header without rows, or blank lines): ");
  expect_contains(error, "a.csv; name other");
  write_file(folder_ / "none" / "b.jsonl", "{\"text\": \"\"}\n");
  expect_contains(error_of([&] { tokenize({folder_ / "none"}, folder_ / "out", ByteTokenizer{}); }),
                  "a.csv; 1 records without text; name other");
}

TEST_F(TokenizeFailure, RecordsThatAreAskedForMustBeThere) {
  const auto error = [&](const ReadingOptions& reading) {
    return error_into(folder_ / "out", {.reading = reading});
  };
  const ReadingOptions json{.text_key = "body", .key_is_given = true};
  const ReadingOptions table{.columns = {"a", "b"}, .columns_are_given = true};
  expect_contains(error(json), "--text body: none of the files holds JSON lines");
  expect_contains(error(table), "--column a,b: none of the files is a table");
  write_file(folder_ / "in" / "x.json", "{\"body\": \"a\"}\n");
  expect_contains(error(json), "none of the files holds JSON lines");
  write_file(folder_ / "in" / "a.json", "[{\"body\": \"a\"},\n {\"body\": \"b\"}]\n");
  expect_contains(error(json), "a.json: is one JSON array, not JSON lines");
  expect_contains(error(json), "python3 -c 'import json, sys; [print(json.dumps(x))");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  write_file(folder_ / "in" / "x.json", "{\"body\": \"a\"}\n{\"body\": \"b\"}\n");
  EXPECT_EQ(
      tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{}, {.reading = json}).documents,
      4u);
  expect_contains(error(table), "--column a,b");
}

TEST_F(TokenizeFailure, ADamagedFileIsNamedAndNotTheRecordsMadeOfIt) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += fmt::format("{{\"text\": \"{} {}\"}}\n", i, i * i);
  std::string packed = gzip(lines);
  for (size_t i = packed.size() / 2; i < packed.size() - 100; i += 50) packed[i] ^= '\x01';
  write_file(folder_ / "in" / "a.jsonl.gz", packed);
  for (const bool skip : {false, true}) {
    const std::string error = error_into(folder_ / "out", {.reading = {.skip_broken = skip}});
    expect_contains(error, "a.jsonl.gz: damaged: the gzip data make no sense");
  }
  write_file(folder_ / "in" / "a.jsonl.gz", gzip(lines + "broken\n"));
  expect_contains(error_into(folder_ / "out"), "line 20001 is not JSON");
}

TEST_F(TokenizeFailure, TheNameOfTheFolderHoldsALineBreak) {
  expect_contains(error_into(folder_ / "out\nput"), "holds a line break or another control");
}

TEST_F(TokenizeFailure, FoldersOfShardsAmongTheSourcesAreLeftOut) {
  tokenize({folder_ / "in"}, folder_ / "in" / "shards", ByteTokenizer{});
  const TokenizeResult result = tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{});
  EXPECT_EQ(result.documents, 1u);
  ASSERT_EQ(result.shard_folders.size(), 1u);
  expect_contains(result.shard_folders[0], "in/shards");
  EXPECT_EQ(tokenize({folder_ / "in" / "*"}, folder_ / "again", ByteTokenizer{}).documents, 1u);
}

TEST_F(TokenizeFailure, WhatCannotBeReadIsAnErrorUnlessItIsSkipped) {
  fs::create_symlink("nowhere", folder_ / "in" / "link");
  for (const fs::path& input : {folder_ / "in", folder_ / "in" / "*"}) {
    const std::string error =
        error_of([&] { tokenize({input}, folder_ / "out", ByteTokenizer{}); });
    expect_contains(error,
                    "in/link: No such file or directory; make it readable, or give "
                    "--skip-unreadable to leave such out");
    const TokenizeResult result =
        tokenize({input}, folder_ / "out", ByteTokenizer{},
                 {.overwrite = true, .reading = {.skip_unreadable = true}});
    EXPECT_EQ(result.documents, 1u);
    ASSERT_EQ(result.unreadable.size(), 1u);
    fs::remove_all(folder_ / "out");
  }
}

TEST_F(TokenizeFailure, InputIsNoText) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  tokenize({folder_ / "in"}, folder_ / "shards", ByteTokenizer{});
  const auto error = [&](const fs::path& input) {
    return error_of([&] { tokenize({input}, folder_ / "out", ByteTokenizer{}); });
  };
  expect_contains(error(folder_ / "pipe"), "pipe: not a regular file");
  expect_contains(error("/dev/null"), "/dev/null: not a regular file");
  expect_contains(error(folder_ / "shards"), "shards: holds token shards, not text");
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

TEST_F(TokenizeFailure, NoOutputFolder) {
  expect_contains(error_into(""), "no output folder");
  expect_contains(error_into("/"), "/");
}

TEST_F(TokenizeFailure, OutputIsAFile) {
  write_file(folder_ / "out", "mine");
  expect_contains(error_into(folder_ / "out"), "is no folder");
  expect_contains(error_into(folder_ / "out" / "deeper"), "out");
  EXPECT_EQ(read_file(folder_ / "out"), "mine");
}

TEST_F(TokenizeFailure, OutputIsALink) {
  fs::create_directory_symlink("disk", folder_ / "out");
  expect_contains(error_into(folder_ / "out"), "out: is a link that leads nowhere");
  expect_contains(error_into(folder_ / "out/"), "is a link that leads nowhere");
  write_file(folder_ / "disk", "mine");
  expect_contains(error_into(folder_ / "out"), "is no folder");
  fs::remove(folder_ / "disk");
  fs::create_directory(folder_ / "disk");
  for (const char* out : {"out", "out/", "out/deeper"})
    tokenize({folder_ / "in"}, folder_ / out, ByteTokenizer{}, {.overwrite = true});
  EXPECT_TRUE(fs::is_symlink(folder_ / "out"));
  EXPECT_EQ(names_in(folder_.path()), (std::set<std::string>{"disk", "in", "out"}));
  EXPECT_EQ(
      names_in(folder_ / "disk"),
      (std::set<std::string>{"deeper", "manifest.json", "sources.jsonl", "tokens-00000.shard"}));
  expect_contains(error_into(folder_ / "out", {.overwrite = true}), "holds other files");
}

TEST_F(TokenizeFailure, OutputHoldsOtherFiles) {
  write_file(folder_ / "out" / "thesis.tex", "mine");
  expect_contains(error_into(folder_ / "out", {.overwrite = true}), "holds other files");
  write_file(folder_ / "out" / "manifest.json", "{}");
  expect_contains(error_into(folder_ / "out", {.overwrite = true}), "holds other files");
  EXPECT_EQ(read_file(folder_ / "out" / "thesis.tex"), "mine");
}

TEST_F(TokenizeFailure, OutputHoldsShardsAndOverwriteIsNotGiven) {
  tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{});
  expect_contains(error_into(folder_ / "out"), "give --overwrite");
  EXPECT_EQ(TokenShards::open(folder_ / "out")->document_count(), 1u);
  write_file(folder_ / "in" / "more", "more");
  tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{}, {.overwrite = true});
  EXPECT_EQ(TokenShards::open(folder_ / "out")->document_count(), 2u);
  EXPECT_EQ(names_in(folder_.path()), (std::set<std::string>{"in", "out"}));
}

TEST_F(TokenizeFailure, AnotherProcessWritesTheSameFolder) {
  fs::create_directory(folder_ / ".out.partial");
  const int lock = ::open((folder_ / ".out.partial").c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  expect_contains(error_into(folder_ / "out"), "another process is writing");
  ::close(lock);
  // What a killed process left behind is no obstacle.
  write_file(folder_ / ".out.partial" / "tokens-00000.shard", "half");
  tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{});
  EXPECT_EQ(names_in(folder_.path()), (std::set<std::string>{"in", "out"}));
  EXPECT_EQ(names_in(folder_ / "out"),
            (std::set<std::string>{"manifest.json", "sources.jsonl", "tokens-00000.shard"}));
}

/// Runs `body` in a child process, which may drop rights or take limits; true when nothing in it
/// failed.
bool in_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(TokenizeFailure, NoPermission) {
  fs::permissions(folder_.path(), fs::perms::all);
  fs::create_directory(folder_ / "closed");
  write_file(folder_ / "in" / "secret", "secret");
  fs::permissions(folder_ / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  fs::permissions(folder_ / "in" / "secret", fs::perms::none);
  EXPECT_TRUE(in_child([&] {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ADD_FAILURE();
    expect_contains(error_into(folder_ / "closed" / "out"), "Permission denied");
    expect_contains(
        error_of([&] { tokenize({folder_ / "in" / "secret"}, folder_ / "out", ByteTokenizer{}); }),
        "secret: Permission denied; make it readable");
    expect_contains(error_into(folder_ / "out"), "secret: Permission denied; make it readable");
    const TokenizeResult result = tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{},
                                           {.reading = {.skip_unreadable = true}});
    EXPECT_EQ(result.documents, 1u);
    EXPECT_EQ(result.unreadable.size(), 1u);
    expect_contains(result.unreadable.at(0), "secret: Permission denied");
  }));
  EXPECT_TRUE(fs::is_empty(folder_ / "closed"));
}

TEST_F(TokenizeFailure, FilesMayNotGrow) {
  tokenize({folder_ / "in"}, folder_ / "out", ByteTokenizer{});
  const std::string manifest = read_file(folder_ / "out" / "manifest.json");
  for (const uint64_t limit : {0, 10, 64, 100, 70000, 500000, 1000010}) {
    EXPECT_TRUE(in_child([&] {
      const struct rlimit size = {limit, limit};
      ::signal(SIGXFSZ, SIG_IGN);
      ::setrlimit(RLIMIT_FSIZE, &size);
      const std::string error = error_into(folder_ / "out", {.overwrite = true});
      expect_contains(error, "File too large");
      expect_contains(error, "make room");
    })) << limit;
    EXPECT_EQ(names_in(folder_.path()), (std::set<std::string>{"in", "out"}));
    EXPECT_EQ(manifest, read_file(folder_ / "out" / "manifest.json"));
  }
  EXPECT_EQ(TokenShards::open(folder_ / "out")->document_count(), 1u);
}

TEST_F(TokenizeFailure, FullDisk) {
  fs::create_directory(folder_ / "disk");
  if (::mount("tmpfs", (folder_ / "disk").c_str(), "tmpfs", 0, "size=512k") != 0)
    GTEST_SKIP() << "only root can mount a small disk here; FilesMayNotGrow tests failing writes";
  const std::string error = error_into(folder_ / "disk" / "out");
  const bool clean = fs::is_empty(folder_ / "disk");
  ::umount((folder_ / "disk").c_str());
  expect_contains(error, "No space left on device; make room");
  EXPECT_TRUE(clean);
}

}  // namespace
}  // namespace tessera
