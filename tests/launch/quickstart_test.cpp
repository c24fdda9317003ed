#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/device/cpu/profile.h"
#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

/// Works in a folder of its own, since the quickstart writes to runs/quickstart of the working
/// folder.
class Quickstart : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(folder_.path());
    write_file("runs/quickstart/summary.json", "{}");
    write_file("runs/quickstart/data/manifest.json", "{}");
    write_file("text/a.txt", random_text(1, 40000));
    write_file("text/b.txt", random_text(2, 40000));
  }
  void TearDown() override { fs::current_path(before_); }

  /// The quickstart refuses, says `why`, and leaves the run before as it was.
  static void refuses(std::vector<std::string> args, const std::string& why) {
    args.insert(args.begin(), "quickstart");
    args.insert(args.end(), {"--configs", source_dir() + "/configs"});
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2);
    EXPECT_NE(run.err.find(why), std::string::npos) << run.err;
    EXPECT_EQ(read_file("runs/quickstart/summary.json"), "{}");
    EXPECT_FALSE(fs::exists("runs/.quickstart/new"));
  }

  /// The words of a quickstart of a second, with a model that is next to nothing.
  static std::vector<std::string> tiny(const std::string& model) {
    std::vector<std::string> words{"quickstart", "text", "--model",   model,
                                   "--seconds",  "1",    "--configs", source_dir() + "/configs"};
    for (const char* set :
         {"model.layers=1", "model.hidden=32", "model.heads=2", "model.context=32",
          "batch.sequences=2", "evaluate.batches=2", "data.validation=0.2"})
      words.insert(words.end(), {"--set", set});
    return words;
  }

  /// The figures in summary.json, which are `names` and no others.
  static nlohmann::ordered_json figures(const std::vector<std::string>& names) {
    auto json = nlohmann::ordered_json::parse(read_file("runs/quickstart/summary.json"));
    std::vector<std::string> found;
    for (const auto& [name, value] : json.items()) {
      found.push_back(name);
      if (name != "checkpoint") {
        EXPECT_TRUE(value.is_number() && value.get<double>() >= 0) << name << ": " << value;
      }
    }
    EXPECT_EQ(found, names);
    EXPECT_TRUE(fs::exists(json["checkpoint"].get<std::string>() + "/manifest.json"));
    EXPECT_GT(json["tokens_per_s"], 0);
    return json;
  }

  /// What is tried next: the commands at the end of the output.
  static std::vector<std::string> commands(const std::string& out) {
    std::vector<std::string> lines;
    for (size_t at = out.find("\ntry next:\n"); at != std::string::npos;) {
      at = out.find("\n  build/release/tessera ", at);
      if (at == std::string::npos) break;
      const size_t end = out.find('\n', at + 1);
      lines.push_back(out.substr(at + 3, end - at - 3));
      at = end;
    }
    return lines;
  }

  TemporaryFolder folder_;
  fs::path before_;
};

TEST_F(Quickstart, TrainsAGptAndSaysHowGoodItIs) {
  const ProgramRun run = program(tiny("gpt"));
  ASSERT_EQ(run.status, 0) << run.err << run.out;
  const auto json = figures({"bits_per_byte_start", "bits_per_byte_end", "bits_per_byte_order0",
                             "bits_per_byte_order3", "tokens_per_s", "seconds", "checkpoint"});
  EXPECT_LT(json["bits_per_byte_end"], json["bits_per_byte_start"]);
  EXPECT_LT(json["bits_per_byte_order3"], json["bits_per_byte_order0"]);
  expect_contains(run.out, "order-3 byte model");
  const size_t sample = run.out.find("\na sample:\n"), rest = run.out.find(" tokens/s over ");
  ASSERT_NE(sample, std::string::npos) << run.out;
  EXPECT_GT(rest, sample) << run.out;
  EXPECT_NE(rest, std::string::npos) << run.out;
  const auto next = commands(run.out);
  EXPECT_EQ(next.size(), 3u) << run.out;
  const size_t prompt = next.at(0).find("--prompt '");
  ASSERT_NE(prompt, std::string::npos) << next.at(0);
  const std::string proposed =
      next[0].substr(prompt + 10, next[0].find('\'', prompt + 10) - prompt - 10);
  EXPECT_FALSE(proposed.empty());
  EXPECT_TRUE(read_file("text/a.txt").starts_with(proposed)) << proposed;
}

TEST_F(Quickstart, TrainsOnTokensAndSaysWhetherTheyBeatBytes) {
  auto words = tiny("gpt");
  words.insert(words.end(), {"--tokenizer", "bpe", "--set", "device.threads=1"});
  const ProgramRun run = program(words);
  ASSERT_EQ(run.status, 0) << run.err << run.out;
  const auto json = figures({"bits_per_byte_start", "bits_per_byte_end", "bits_per_byte_order0",
                             "bits_per_byte_order3", "tokens_per_s", "seconds", "checkpoint",
                             "bits_per_byte_end_of_bytes", "seconds_of_bytes"});
  expect_contains(run.out, "order-3 token model (the three tokens before)");
  expect_contains(run.out, json["bits_per_byte_end"] < json["bits_per_byte_end_of_bytes"]
                               ? "BPE tokens beat bytes here: "
                               : "BPE tokens do not beat bytes here: ");
  EXPECT_TRUE(fs::exists("runs/quickstart/tokenizer/tokenizer.json"));
  EXPECT_TRUE(fs::exists("runs/quickstart/bytes/summary.json"));
  words.insert(words.end(), {"--set", "model.vocab=100"});
  const ProgramRun again = program(words);  // which would replace what the first one made
  EXPECT_EQ(again.status, 2);
  expect_contains(again.err, "vocabulary of 100");
}

TEST_F(Quickstart, SaysWhenTheFewestUpdatesTakeLonger) {
  auto words = tiny("bert");
  *std::ranges::find(words, "1") = "1e-05";
  const ProgramRun run = program(words);
  ASSERT_EQ(run.status, 0) << run.err;
  expect_contains(run.out, "--seconds 1e-05: there is time for 0 updates, but the fewest are 100");
}

TEST_F(Quickstart, TrainsABertAndSaysHowGoodItIs) {
  const ProgramRun run = program(tiny("bert"));
  ASSERT_EQ(run.status, 0) << run.err << run.out;
  const auto json =
      figures({"masked_accuracy", "commonest_accuracy", "tokens_per_s", "seconds", "checkpoint"});
  EXPECT_LE(json["masked_accuracy"], 1);
  EXPECT_GT(json["commonest_accuracy"], 0);
  expect_contains(run.out, "always guessing the commonest byte");
  EXPECT_EQ(commands(run.out).size(), 3u) << run.out;
}

/// The cap holds for a process, so the program runs as a process of its own.
TEST_F(Quickstart, HonoursAnInstructionSet) {
  std::string command = program_path();
  auto words = tiny("gpt");
  words.insert(words.end(), {"--set", "device.isa=sse41"});
  for (const std::string& word : words) command += " '" + word + "'";
  EXPECT_EQ(WEXITSTATUS(std::system((command + " >log 2>&1").c_str())), 0) << read_file("log");
  expect_contains(read_file("log"), "isa sse41");
  expect_contains(read_file("log"), "compute=f32");
  EXPECT_GT(figures({"bits_per_byte_start", "bits_per_byte_end", "bits_per_byte_order0",
                     "bits_per_byte_order3", "tokens_per_s", "seconds", "checkpoint"})
                .size(),
            0u);
}

TEST_F(Quickstart, WrongInputCostsNothingOfTheRunBefore) {
  refuses({"no-such-folder"}, "no-such-folder");
  refuses({".", "--model", "gptt"}, "gpt or bert, not 'gptt'");
  refuses({".", "--set", "model.layer=3"}, "did you mean layers?");
  refuses({".", "--tokenizer", "bep"}, "--tokenizer: bytes or bpe, not 'bep'");
  refuses({".", "--tokenizer", "bpe", "--model", "bert"}, "--tokenizer bpe is for a gpt");
  refuses({".", "--seconds", "0"}, "above 0");
  refuses({".", "--seconds", "1e18"}, "1e+18 is too much; it is 86400 at most");
}

TEST_F(Quickstart, NeverRemovesWhatNoQuickstartMade) {
  refuses({"runs/quickstart"}, "runs/quickstart lies in runs/quickstart");
  write_file("runs/quickstart/mytext/a.txt", random_text(1, 40000));
  refuses({"runs/quickstart/mytext"}, "move the text elsewhere");
  fs::create_directory_symlink("runs/quickstart/mytext", "link");
  refuses({"link"}, "link lies in runs/quickstart");
  refuses({"text"}, "runs/quickstart holds mytext, which no quickstart made");
  EXPECT_TRUE(fs::exists("runs/quickstart/mytext/a.txt"));
  fs::remove_all("runs/quickstart/mytext");
  for (const char* foreign :
       {"notes.txt", "data/notes.txt", "checkpoints/step-00000100/notes.txt", "config.yaml/notes",
        "checkpoints/best/model.safetensors", "metrics.jsonl.gz"}) {
    write_file(fs::path("runs/quickstart") / foreign, "mine");
    refuses({"text"}, "no quickstart made");
    EXPECT_EQ(read_file(fs::path("runs/quickstart") / foreign), "mine");
    fs::remove_all("runs/quickstart/checkpoints");
    fs::remove_all("runs/quickstart/config.yaml");
    fs::remove(fs::path("runs/quickstart") / foreign);
  }
  fs::create_symlink("../../text/a.txt", "runs/quickstart/header.txt");
  refuses({"text"}, "holds header.txt");
  fs::remove("runs/quickstart/header.txt");
  fs::remove_all("runs/quickstart/data");
  refuses({"text"}, "was not made by a quickstart");
}

TEST_F(Quickstart, NeverReplacesALinkOrAFile) {
  fs::rename("runs/quickstart", "elsewhere");
  fs::create_directory_symlink("../elsewhere", "runs/quickstart");
  refuses({"text"}, "runs/quickstart is a link");
  fs::remove("runs/quickstart");
  write_file("runs/quickstart", "mine");
  const ProgramRun run = program(tiny("gpt"));
  EXPECT_EQ(run.status, 2);
  expect_contains(run.err, "runs/quickstart is no folder");
  EXPECT_EQ(read_file("runs/quickstart"), "mine");
}

TEST_F(Quickstart, RefusesWhileAnotherOrARunIsThere) {
  const auto held = [](const char* path, const std::string& why) {
    write_file(path, "");
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(file, LOCK_EX), 0);
    refuses({"text"}, why);
    ::close(file);
  };
  held("runs/.quickstart/lock", "another quickstart is running in runs/quickstart");
  held("runs/quickstart/.lock", "another process is training in runs/quickstart");
}

TEST_F(Quickstart, StartsAnewEachTime) {
  auto words = tiny("bert");
  words.insert(words.end(), {"--set", "log.tensorboard=true"});
  ASSERT_EQ(program(words).status, 0);
  write_file("runs/.quickstart/new/data/half", "left by one that was killed");
  write_file("runs/.quickstart/old/summary.json", "{}");
  const ProgramRun run = program(words);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_FALSE(fs::exists("runs/quickstart/metrics-earlier-1.jsonl"));
  EXPECT_FALSE(fs::exists("runs/.quickstart/new"));
  EXPECT_FALSE(fs::exists("runs/.quickstart/old"));
}

TEST_F(Quickstart, RefusesKeysThatItSetsItself) {
  refuses({"text", "--set", "train.steps=5 steps"},
          "quickstart sets train.steps itself (as many as fit into --seconds)");
  refuses({"text", "--set", "log.folder=elsewhere"}, "log.folder");
  refuses({"text", "--set", "checkpoint.folder=elsewhere"}, "checkpoint.folder");
  refuses({"text", "--set", "data.shards=elsewhere"}, "data.shards");
  refuses({"text", "--set", "model.type=bert"}, "give --model");
}

TEST_F(Quickstart, RefusesWhatLeavesNothingToCompare) {
  refuses({"text", "--set", "evaluate.every=0 steps"}, "evaluate.every must not be 0");
  refuses({"text", "--set", "data.validation=0"}, "data.validation must not be 0");
}

TEST_F(Quickstart, RefusesWhatCannotRunBeforeItRemovesAnything) {
  write_file("short/a.txt", "too short");
  refuses({"short"}, "tokenize more text");
  refuses({"short"}, "short: ");
  refuses({"text", "--set", "model.vocab=100"}, "100");
  refuses({"text", "--set", "device.memory=1 MiB"}, "memory");
  refuses({"text", "--seconds", "0.1", "--set", "model.hidden=32", "--set", "model.layers=1",
           "--set", "model.context=32", "--set", "schedule.warmup=30000 steps", "--set",
           "schedule.type=constant"},
          "schedule.warmup");
}

}  // namespace
}  // namespace tessera
