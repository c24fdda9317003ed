// `tessera tokenize`, as a user meets it.
#include <nlohmann/json.hpp>

#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

void expect_in(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(Tokenize, MakesShardsAndSaysWhatItTookAndLeft) {
  const TemporaryFolder folder;
  write_file(folder / "text/a.txt", "hello\n");
  write_file(folder / "text/b/c.txt", "world, again\n");
  write_file(folder / "text/empty.txt", "");
  write_file(folder / "text/image", std::string("\0\1\2", 3));
  write_file(folder / "text/.hidden", "secret");
  write_file(folder / "text/wide.txt", std::string("h\0i\0d\0e\0", 8));
  const std::string out = (folder / "shards").string();
  const ProgramRun run = program({"tokenize", (folder / "text").string(), "--out", out});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out,
            {"21 tokens (bytes) in 2 documents", "1 shard in " + out,
             "left out: 1 empty, 1 binary, 1 in UTF-16 without a byte order mark, 1 hidden",
             "wide.txt: convert it with `iconv", "data.shards=" + out});
  const auto shards = TokenShards::open(out);
  EXPECT_EQ(shards->document_count(), 2u);

  const ProgramRun again = program({"tokenize", (folder / "text").string(), "--out", out});
  EXPECT_EQ(again.status, 2);
  const ProgramRun over =
      program({"tokenize", (folder / "text").string(), "--out", out, "--overwrite", "--hidden"});
  EXPECT_EQ(over.status, 0) << over.err;
  EXPECT_EQ(TokenShards::open(out)->document_count(), 3u);
}

/// A tokenizer.json may have texts cut and padded, as those of sentence-transformers do: that is
/// for single texts, not for documents.
TEST(Tokenize, ATokenizerThatCutsTextsCutsNoDocument) {
  const TemporaryFolder folder;
  auto json =
      nlohmann::json::parse(read_file(source_dir() + "/tests/golden/families/gpt2/tokenizer.json"));
  json["truncation"] = {{"max_length", 8}, {"strategy", "LongestFirst"}, {"stride", 0}};
  json["padding"] = {{"strategy", {{"Fixed", 12}}}, {"pad_id", 2}, {"pad_token", "<pad>"}};
  const std::string tok = (folder / "tok").string();
  write_file(folder / "tok/tokenizer.json", json.dump());
  const auto tokenized = [&](const std::string& text) {
    write_file(folder / "a.txt", text);
    const ProgramRun run = program({"tokenize", (folder / "a.txt").string(), "--tokenizer", tok,
                                    "--out", (folder / "out").string(), "--overwrite"});
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  };
  const std::string note =
      "note: " + tok + ": tokenizer.json has other programs cut a text to 8 tokens; ";
  expect_in(tokenized("0123456789ABCDEF"), {"17 tokens", note + "documents are whole here"});
  EXPECT_EQ(tokenized("012345").find(note), std::string::npos);
  json["truncation"] = {{"max_length", "8"}};
  write_file(folder / "tok/tokenizer.json", json.dump());
  const ProgramRun wrong = program({"tokenize", (folder / "a.txt").string(), "--tokenizer", tok,
                                    "--out", (folder / "new").string()});
  EXPECT_EQ(wrong.status, 2);
  expect_in(wrong.err, {"tokenizer.json: \"truncation\": \"max_length\": an integer is expected"});
}

TEST(Tokenize, WrongCommandLinesSayWhatToChange) {
  const TemporaryFolder folder;
  write_file(folder / "a.txt", "hello\n");
  const std::string file = (folder / "a.txt").string(), out = (folder / "out").string();
  const auto error = [](const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  };
  expect_in(error({"tokenize", file}), {"--out DIR is missing"});
  expect_in(error({"tokenize", "--out", out}), {"FILES is missing"});
  expect_in(
      error({"tokenize", file, "--out", out, "--tokenizer", "byte"}),
      {"--tokenizer: 'byte' is neither `bytes` nor a file or folder", "did you mean 'bytes'?"});
  expect_in(error({"tokenize", file, "--out", out, "--shard-tokens", "0"}), {"too small"});
  expect_in(error({"tokenize", (folder / "none").string(), "--out", out}), {"none"});
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace tessera
