// `tessera tokenizer train`, `compare` and `add`, as a user meets them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/launch/text_workplace.h"

namespace tessera {
namespace {

class TokenizerVerb : public TextWorkplace {
 protected:
  static std::string trained(const std::vector<std::string>& options) {
    std::vector<std::string> words{"tokenizer", "train", "text"};
    words.insert(words.end(), options.begin(), options.end());
    return done(words);
  }
  static std::string refused(const std::vector<std::string>& options) {
    std::vector<std::string> words{"tokenizer", "train", "text"};
    words.insert(words.end(), options.begin(), options.end());
    const std::string message = error(words);
    EXPECT_FALSE(fs::exists("none"));
    return message;
  }
};

TEST_F(TokenizerVerb, TrainsBpe) {
  const std::string out = trained({"--vocab", "500", "--out", "tok"});
  expect_in(out,
            {"of text in 4 documents", "500 tokens in tok", "bytes per token on all of that text",
             "next: tessera tokenize text --tokenizer tok --out data/tok"});
  expect_in(done({"tokenizer", "show", "tok"}), {"500 ids", "BPE over bytes"});
  write_file("line", "abc de\n");
  const std::string ids = done({"tokenizer", "encode", "tok", "line"});
  write_file("ids", ids);
  EXPECT_EQ(done({"tokenizer", "decode", "tok", "ids"}), "abc de\n");
  expect_in(done({"tokenize", "text", "--tokenizer", "tok", "--out", "shards"}),
            {"in 4 documents"});
}

TEST_F(TokenizerVerb, TrainsWordPiece) {
  expect_in(trained({"--type", "wordpiece", "--vocab", "1k", "--out", "wp", "--min-count", "2"}),
            {"tokens in wp",
             "fewer than the 1,000 asked for: the text has no further pairs that "
             "occur so often"});
  EXPECT_TRUE(read_file("wp/vocab.txt").starts_with("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"));
  EXPECT_EQ(fs::exists(".wp.partial"), false);
}

TEST_F(TokenizerVerb, ReadsRecordsAsTokenizeDoes) {
  std::string lines, column = "id,words\n", text;
  for (uint64_t i = 0; i < 50; ++i) {
    std::string part = random_text(i, 100);
    std::ranges::replace(part, '\n', ' ');  // a record is trained on whole, plain text by lines
    text += part + "\n";
    lines += nlohmann::json{{"content", part + "\n"}}.dump() + "\n";
    column += "1,\"" + part + "\n\"\n";
  }
  write_file("plain.txt", text);
  write_file("lines.jsonl", lines);
  write_file("table.csv", column);
  done({"tokenizer", "train", "plain.txt", "--vocab", "400", "--out", "a"});
  done({"tokenizer", "train", "lines.jsonl", "--text", "content", "--vocab", "400", "--out", "b"});
  done({"tokenizer", "train", "table.csv", "--column", "words", "--vocab", "400", "--out", "c"});
  EXPECT_EQ(read_file("a/tokenizer.json"), read_file("b/tokenizer.json"));
  EXPECT_EQ(read_file("a/tokenizer.json"), read_file("c/tokenizer.json"));
  write_file("bad.jsonl", lines + "{\n");
  expect_in(error({"tokenizer", "train", "bad.jsonl", "--text", "content", "--out", "d"}),
            {"bad.jsonl, line 51", "--skip-broken"});
  expect_in(done({"tokenizer", "train", "bad.jsonl", "--text", "content", "--vocab", "400",
                  "--skip-broken", "--out", "d"}),
            {"left out: 1 broken records"});
}

TEST_F(TokenizerVerb, TrainsOnWholeDocumentsWhereAskedOrOnRecords) {
  std::string code;
  for (int i = 0; i < 400; ++i)
    code += i % 3 == 0 ? "\n\n\ndef name(self):\n" : "    return value\n\n    # more\n";
  write_file("code.txt", code);
  write_file("code.jsonl", nlohmann::json{{"text", code}}.dump() + "\n");
  done({"tokenizer", "train", "code.txt", "--vocab", "350", "--out", "lines"});
  done({"tokenizer", "train", "code.txt", "--vocab", "350", "--whole-documents", "--out", "whole"});
  done({"tokenizer", "train", "code.jsonl", "--vocab", "350", "--out", "records"});
  EXPECT_EQ(read_file("whole/tokenizer.json"), read_file("records/tokenizer.json"));
  EXPECT_NE(read_file("whole/tokenizer.json"), read_file("lines/tokenizer.json"));
  const auto tokens = [](const std::string& tokenizer) {
    const std::string ids = done({"tokenizer", "encode", tokenizer, "code.txt", "--text"});
    return std::ranges::count(ids, ' ');
  };
  EXPECT_LT(tokens("whole"), tokens("lines"));
}

TEST_F(TokenizerVerb, SaysWhichFileOfAFolderItRead) {
  write_file("ranks/mine.tiktoken", "YQ== 0\nYg== 1\n");
  write_file("ranks/tiktoken.json", R"({"pattern": "a|b", "special_tokens": {"</s>": 2}})");
  expect_in(done({"tokenizer", "show", "ranks"}), {"tiktoken (mine.tiktoken): 3 ids"});
  write_file("ab", "ab");
  expect_in(done({"tokenize", "ab", "--tokenizer", "ranks", "--out", "shards"}),
            {"3 tokens (ranks: mine.tiktoken) in 1 documents"});
  expect_in(done({"tokenize", "ab", "--tokenizer", "ranks/mine.tiktoken", "--out", "more"}),
            {"3 tokens (ranks/mine.tiktoken) in"});
  write_file("ranks/other.tiktoken", "Yg== 0\nYQ== 1\n");
  expect_in(error({"tokenizer", "show", "ranks"}),
            {"holds several tokenizers of one kind: mine.tiktoken, other.tiktoken; name the file"});
  fs::rename("ranks/mine.tiktoken", "ranks/letters");  // a name that tells nothing travels too
  done({"tokenize", "ab", "--tokenizer", "ranks/letters", "--out", "travels"});
  expect_in(done({"tokenizer", "show", "travels", "ab"}), {"2 tokens, 2 bytes"});
  fs::remove_all("travels/tokenizer");
  expect_in(error({"tokenizer", "show", "travels"}),
            {"travels: the files of its tokenizer are missing: the folder travels/tokenizer"});
}

TEST_F(TokenizerVerb, MessagesSayWhatIsMeant) {
  write_file("ids", "1,2\n");
  expect_in(error({"tokenizer", "decode", "bytes", "ids"}),
            {"line 1: ',2' stands behind the id 1; ids are whole numbers between spaces"});
  write_file("empty", "");
  expect_in(error({"tokenizer", "time", "bytes", "empty"}), {"no text: the files are empty"});
  expect_in(refused({"--out", "none", "--vocab", "99M"}), {"99M is too much; it is 16777216"});
  trained({"--vocab", "400", "--out", "tok"});
  expect_in(error({"tokenizer", "add", "tok", "--special", " ", "--out", "none"}),
            {"a special token cannot be white space alone"});
  const ProgramRun run = program({"tokenizer", "add", "tok", "--special", "e", "--out", "e"});
  EXPECT_EQ(run.status, 0);
  expect_in(run.err, {"note: 'e' was an ordinary token: it is special now, so decoded texts"});
  const ProgramRun quiet = program({"tokenizer", "add", "tok", "--special", "<x>", "--out", "x"});
  EXPECT_EQ(quiet.err, "");
  expect_in(
      done({"tokenize", "text", "--tokenizer", "tok", "--out", "a shard's", "--threads", "2"}),
      {"next: tessera train CONFIG --set 'data.shards=a shard'\\''s'"});
  expect_in(error({"tokenize", "text", "--text", "body", "--out", "none"}),
            {"--text body: none of the files holds JSON lines"});
}

TEST_F(TokenizerVerb, ReplacesOnlyATokenizer) {
  const std::vector<std::string> words{"--vocab", "300", "--out", "tok"};
  trained(words);
  expect_in(refused(words), {"tok: already holds a tokenizer; give --overwrite"});
  trained({"--vocab", "310", "--out", "tok", "--overwrite"});
  expect_in(done({"tokenizer", "show", "tok"}), {"310 ids"});
  write_file("tok/notes", "mine");
  expect_in(refused({"--vocab", "310", "--out", "tok", "--overwrite"}), {"holds other files"});
  EXPECT_EQ(read_file("tok/notes"), "mine");
}

TEST_F(TokenizerVerb, TrainSaysWhatToChange) {
  expect_in(error({"tokenizer", "train", "text"}), {"--out DIR is missing"});
  for (const char* size : {"32q", "0", "k", "-5", ""})
    expect_in(refused({"--out", "none", "--vocab", size}), {"is no number of tokens"});
  expect_in(refused({"--out", "none", "--vocab", "20000k"}), {"16777216 at most"});
  expect_in(refused({"--out", "none", "--vocab", "99"}), {"99 is too small"});
  expect_in(refused({"--out", "none", "--type", "wordpeice"}), {"did you mean 'wordpiece'?"});
  expect_in(refused({"--out", "none", "--normalizer", "nfkc"}), {"known: none, nfc, bert-lower"});
  expect_in(refused({"--out", "none", "--pre-tokenizer", "bert"}), {"use gpt2 or llama3"});
  write_file("empty.txt", "");
  expect_in(error({"tokenizer", "train", "empty.txt", "--out", "none"}),
            {"no text found in 1 file;"});
  EXPECT_FALSE(fs::exists("none"));
  EXPECT_FALSE(fs::exists(".none.partial"));
}

TEST_F(TokenizerVerb, HelpOfEachModeFitsAScreen) {
  for (const char* mode : {"train", "show", "encode", "decode", "compare", "add", "time"}) {
    const std::string help = done({"help", "tokenizer", mode});
    EXPECT_EQ(help, done({"tokenizer", mode, "--help"}));
    EXPECT_LE(std::ranges::count(help, '\n'), 25) << help;
  }
  expect_in(error({"tokenizer", "trian"}), {"there is no mode 'trian'; did you mean 'train'?"});
}

TEST_F(TokenizerVerb, ComparesTwo) {
  trained({"--vocab", "500", "--out", "tok"});
  trained({"--vocab", "100", "--type", "wordpiece", "--out", "wp"});
  const std::string out = done({"tokenizer", "compare", "tok", "wp", "text"});
  expect_in(out,
            {"4 documents", "bytes per token", "tokens per word", "ids used", "unknown tokens"});
  const size_t row = out.find("decoding gives the text");
  ASSERT_NE(row, std::string::npos);
  EXPECT_LT(out.find("yes", row), out.find("no\n", row));
  expect_in(done({"tokenizer", "compare", "bytes", "tok", "text"}), {"1.000"});
  expect_in(error({"tokenizer", "compare", "tok", "nowhere", "text"}), {"B: 'nowhere' is neither"});
  write_file("empty.txt", "");
  expect_in(error({"tokenizer", "compare", "tok", "wp", "empty.txt"}), {"no text found"});
}

TEST_F(TokenizerVerb, AddsWhatBertNeeds) {
  write_file("bert.yaml",
             "model: {type: bert, layers: 1, hidden: 16, heads: 2, context: 16}\n"
             "batch: {sequences: 4}\nschedule: {warmup: 2 steps}\ntrain: {steps: 3 steps}\n"
             "data: {shards: shards, validation: 0}\nevaluate: {every: 0 steps}\n"
             "log: {folder: run}\ncheckpoint: {folder: run/checkpoints}\ndevice: {threads: 1}\n");
  trained({"--vocab", "400", "--out", "tok"});
  done({"tokenize", "text", "--tokenizer", "tok", "--out", "shards"});
  expect_in(error({"train", "bert.yaml"}),
            {"no mask token; add one (tessera tokenizer add DIR --mask '[MASK]' --out NEW)"});
  done({"tokenizer", "add", "tok", "--mask", "<hole>", "--out", "masked"});
  done({"tokenize", "text", "--tokenizer", "masked", "--out", "shards", "--overwrite"});
  expect_in(error({"train", "bert.yaml"}), {"lacks a cls, sep or pad token; add them"});
  expect_in(done({"tokenizer", "add", "masked", "--special", "[CLS]", "--special", "[SEP]",
                  "--special", "[PAD]", "--out", "full"}),
            {"401 ids in masked, 404 in full",
             "cls [CLS] (401), sep [SEP] (402), pad [PAD] (403), mask <hole> (400)"});
  done({"tokenize", "text", "--tokenizer", "full", "--out", "shards", "--overwrite"});
  done({"train", "bert.yaml"});
}

TEST_F(TokenizerVerb, AddSaysWhatToChange) {
  trained({"--vocab", "300", "--out", "tok"});
  expect_in(error({"tokenizer", "add", "tok", "--mask", "[MASK]"}), {"--out DIR is missing"});
  expect_in(error({"tokenizer", "add", "tok", "--out", "none"}), {"nothing to add"});
  expect_in(error({"tokenizer", "add", "bytes", "--mask", "[MASK]", "--out", "none"}),
            {"bytes are no files"});
  EXPECT_FALSE(fs::exists("none"));
}

}  // namespace
}  // namespace tessera
