// `tessera data`, and `tessera tokenizer show`, `encode` and `decode`, as a user meets them.
#include "tests/launch/text_workplace.h"

namespace tessera {
namespace {

class DataVerb : public TextWorkplace {
 protected:
  void SetUp() override {
    TextWorkplace::SetUp();
    done({"tokenizer", "train", "text", "--vocab", "300", "--out", "tok"});
    done({"tokenize", "text", "--tokenizer", "tok", "--out", "shards"});
  }
  static std::vector<std::string> show(const std::vector<std::string>& more) {
    std::vector<std::string> words{"data",
                                   "show",
                                   source_dir() + "/configs/tiny-gpt.yaml",
                                   "--set",
                                   "data.shards=shards",
                                   "--set",
                                   "model.vocab=auto"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(DataVerb, ShowsTheBatchOfAStepAsText) {
  const std::string shown = done(show({"--step", "1"}));
  expect_contains(shown, "step 1: samples ");
  expect_contains(shown, "labels");
  EXPECT_EQ(shown, done(show({"--step", "1"})));
  EXPECT_NE(shown, done(show({"--step", "2"})));
}

TEST_F(DataVerb, ARunMayBeNamed) {
  const std::string config = read_file(source_dir() + "/configs/tiny-gpt.yaml");
  write_file("run/config.yaml", config);
  const auto of_run = [](std::string mode) {
    return std::vector<std::string>{
        "data", mode, "run", "--set", "data.shards=shards", "--set", "model.vocab=auto"};
  };
  EXPECT_EQ(done(of_run("show")), done(show({})));
  expect_contains(done(of_run("stats")), "4 documents");
}

TEST_F(DataVerb, TellsFiguresOfShards) {
  const std::string told = done({"data", "stats", "shards"});
  expect_contains(told, "4 documents");
  expect_contains(told, "of 300 ids occur");
}

TEST_F(DataVerb, WrongWordsSayWhatToChange) {
  expect_contains(error({"data", "shw", "shards"}), "did you mean 'show'?");
  expect_contains(error({"data", "stats", "text"}), "holds no tokenized text");
  expect_contains(error({"data", "stats", source_dir() + "/configs/tiny-gpt.yaml"}),
                  "data.shards is not set");
  expect_contains(error(show({"--rank", "1"})), "--rank: 1 is no rank of 1");
}

TEST_F(DataVerb, AnotherTokenizerThanTheShardsIsNotTaken) {
  done({"tokenizer", "train", "text", "--vocab", "280", "--out", "other"});
  fs::remove_all("shards/tokenizer");
  fs::copy("other", "shards/tokenizer");
  expect_contains(error({"data", "stats", "shards"}),
                  "not the tokenizer that shards was made with");
}

TEST_F(DataVerb, RunsCarryTheirTokenizerAndRefuseDataOfAnother) {
  std::vector<std::string> train =
      show({"--set", "train.steps=2 steps", "--set", "log.folder=run", "--set",
            "checkpoint.folder=run/checkpoints", "--peak", "100"});
  train.erase(train.begin(), train.begin() + 2);
  train.insert(train.begin(), "train");
  done(train);
  EXPECT_TRUE(fs::exists("run/checkpoints/step-00000002/tokenizer/tokenizer.json"));
  done({"eval", "run"});
  expect_contains(done({"generate", "run", "--prompt", "ab", "--tokens", "3"}), "ab");
  expect_contains(done({"tokenizer", "show", "run"}), "300 ids");
  done({"tokenizer", "train", "text", "--vocab", "280", "--out", "other"});
  done({"tokenize", "text", "--tokenizer", "other", "--out", "others"});
  expect_contains(error({"eval", "run", "--set", "data.shards=others", "--set", "model.vocab=300"}),
                  "was trained with the tokenizer");
}

TEST_F(DataVerb, TokenizersShowEncodeAndDecode) {
  const std::string shown = done({"tokenizer", "show", "shards", "ab é"});
  expect_contains(shown, "tokenizer.json: 300 ids, BPE over bytes");
  expect_contains(shown, "bytes as the model's alphabet; Oniguruma's classes (Unicode 16.0)");
  expect_contains(shown, "c3");
  write_file("lines.txt", "ab é\n\nthe last");
  const std::string ids = done({"tokenizer", "encode", "tok", "lines.txt"});
  EXPECT_EQ(std::count(ids.begin(), ids.end(), '\n'), 3);
  write_file("ids.txt", ids);
  EXPECT_EQ(done({"tokenizer", "decode", "tok", "ids.txt"}), "ab é\n\nthe last\n");
  write_file("whole.txt", done({"tokenizer", "encode", "tok", "lines.txt", "--text"}));
  EXPECT_EQ(done({"tokenizer", "decode", "tok", "whole.txt", "--text"}), "ab é\n\nthe last");
  write_file("ids.txt", "1 2\n3 x\n");
  expect_contains(error({"tokenizer", "decode", "tok", "ids.txt"}),
                  "line 2: 'x' is not a list of ids");
  expect_contains(error({"tokenizer", "decode", "tok", "lines.txt"}), "line 1");
  expect_contains(error({"tokenizer", "show", "nowhere"}), "neither `bytes` nor a file or folder");
  expect_contains(error({"tokenizer", "shw", "tok"}), "did you mean 'show'?");
}

}  // namespace
}  // namespace tessera
