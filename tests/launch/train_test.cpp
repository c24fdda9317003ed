// `tessera train` and `eval`, as a user meets them: from text to a checkpoint, killed and gone on
// with, and every way in which it refuses to begin.
#include <signal.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "tests/launch/workplace.h"

namespace tessera {
namespace {

TEST(Train, FromTextToCheckpointToEval) {
  const Workplace place;
  const ProgramRun run = program(place.train("run"));
  ASSERT_EQ(run.status, 0) << run.err;
  expect_in(run.out, {"layers=1", "parameters", "100 GFLOP/s (as given)", "step 1/12  loss 5.",
                      "step 12/12  validation loss", "done: 12 steps", "step-00000012"});
  const auto summary = nlohmann::json::parse(read_file(place.folder / "run/summary.json"));
  for (const std::string source : {"run", "run/checkpoints", "run/checkpoints/step-00000012"}) {
    const ProgramRun eval = program({"eval", place.path(source), "--json"});
    ASSERT_EQ(eval.status, 0) << eval.err;
    const auto json = nlohmann::json::parse(eval.out);
    EXPECT_EQ(json.at("loss"), summary.at("eval_loss_end"));
    EXPECT_EQ(json.at("bits_per_byte"), summary.at("eval_bits_per_byte_end"));
    EXPECT_EQ(json.at("step"), 12);
  }
  const ProgramRun by_config = program({"eval", place.path("tiny.yaml"), "--set",
                                        "checkpoint.folder=" + place.path("run/checkpoints")});
  EXPECT_EQ(by_config.status, 0) << by_config.err;
  expect_in(by_config.out, {"step-00000012", "bits_per_byte"});

  const ProgramRun again = program(place.train("run"));
  EXPECT_EQ(again.status, 0) << again.err;
  expect_in(again.out, {"going on from", "nothing to do"});
}

TEST(Train, KilledAtAnyMomentAndGoneOnWithIsTheUnbrokenRun) {
  const Workplace place;
  ASSERT_EQ(wait_for(start(place.train("whole"), place.path("log"))), 0)
      << read_file(place.folder / "log");
  std::mt19937 random(20240302);
  int killed = 0;
  for (int trial = 0; trial < 30 && killed < 6; ++trial) {
    const std::string run = "broken-" + std::to_string(trial);
    useconds_t longest = 60'000;  // until killed; it rises, so that a slow machine gets on too
    for (int status = 1; status != 0; longest += 20'000) {
      const pid_t child = start(place.train(run), place.path("log"));
      ::usleep(std::uniform_int_distribution<useconds_t>(5'000, longest)(random));
      ::kill(child, SIGKILL);
      status = wait_for(child);
      ASSERT_TRUE(status == 0 || WIFSIGNALED(status)) << read_file(place.folder / "log");
      killed += status != 0;
    }
    EXPECT_EQ(place.curve(run), place.curve("whole"));
    EXPECT_EQ(place.states(run), place.states("whole"));
  }
  EXPECT_GT(killed, 0);
  EXPECT_FALSE(place.states("whole").empty());
}

TEST(Train, GoesOnWithItsOwnDataWhereverItLies) {
  const Workplace place;
  ASSERT_EQ(program(place.train("run")).status, 0);
  fs::rename(place.folder / "shards", place.folder / "moved");
  const ProgramRun moved =
      program(place.train("run", {"data.shards=" + place.path("moved"), "train.steps=14 steps"}));
  EXPECT_EQ(moved.status, 0) << moved.err;
  expect_in(moved.out, {"going on from", "done: 14 steps"});

  write_file(place.folder / "text/7", random_text(99, 2000));
  ASSERT_EQ(program({"tokenize", place.path("text"), "--out", place.path("shards")}).status, 0);
  const ProgramRun other = program(place.train("run", {"train.steps=16 steps"}));
  EXPECT_EQ(other.status, 2) << other.out;
  expect_in(other.err, {"step-00000014 was trained on other data", "restore it"});
}

TEST(Train, RunsOfOneConfigKeepTheirCheckpointsApart) {
  const Workplace place;
  const auto train = [&](const std::string& run, const std::vector<std::string>& sets) {
    std::vector<std::string> words{"train", place.path("tiny.yaml"),        "--peak", "100",
                                   "--set", "log.folder=" + place.path(run)};
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return program(words);
  };
  ASSERT_EQ(train("n1", {"train.steps=2 steps"}).status, 0);
  const ProgramRun second = train("n2", {"train.steps=4 steps"});
  ASSERT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(second.out.find("going on"), std::string::npos);
  for (const auto& [run, step] : {std::pair{"n1", 2}, {"n2", 4}})
    EXPECT_EQ(nlohmann::json::parse(program({"eval", place.path(run), "--json"}).out).at("step"),
              step);
}

TEST(Train, WritesOverNoConfigButItsOwn) {
  const Workplace place;
  const std::string config = read_file(place.folder / "tiny.yaml") + "# precious\n";
  write_file(place.folder / "mine/config.yaml", config);
  const auto train = [&](const std::string& folder) {
    return program({"train", place.path(folder + "/config.yaml"), "--peak", "100", "--set",
                    "log.folder=" + place.path(folder)});
  };
  const ProgramRun mine = train("mine");
  EXPECT_EQ(mine.status, 2);
  expect_in(mine.err, {"mine holds config.yaml, not written by a run", "another log.folder"});
  EXPECT_EQ(read_file(place.folder / "mine/config.yaml"), config);

  ASSERT_EQ(program(place.train("run")).status, 0);
  const ProgramRun again = train("run");  // with the effective config of that very run
  EXPECT_EQ(again.status, 0) << again.err;
  expect_in(again.out, {"going on from", "nothing to do"});
}

TEST(Train, SettingsThatMeanTheSameMakeNoOtherModel) {
  const Workplace place;
  ASSERT_EQ(program(place.train("run")).status, 0);
  const ProgramRun run = program(place.train(
      "run", {"model.vocab=261", "model.head_dim=8", "model.dropout=0.1", "train.steps=14 steps"}));
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out, {"settings changed since the checkpoint: model.dropout: 0 → 0.1, train.steps",
                      "done: 14 steps"});
}

TEST(Train, SigtermSavesAndSaysHowToGoOn) {
  const Workplace place;
  const auto words = place.train("run", {"train.steps=1000000 steps", "log.every=1 steps"});
  const pid_t child = start(words, place.path("log"));
  while (read_file(place.folder / "log").find("step 3/") == std::string::npos) ::usleep(5'000);
  ::kill(child, SIGTERM);
  const int status = wait_for(child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTERM) << status;
  expect_in(read_file(place.folder / "log"),
            {"stopping after this step", "stopped by SIGTERM after step",
             "To go on: tessera train " + place.path("tiny.yaml") + " --peak 100 --set log.folder=",
             "'train.steps=1000000 steps'"});
}

TEST(Train, ShardsCutShortAreNamed) {
  const Workplace place;
  const pid_t child = start(place.train("run", {"train.steps=1000000 steps"}), place.path("log"));
  while (read_file(place.folder / "log").find("step 3/") == std::string::npos) ::usleep(5'000);
  fs::resize_file(place.folder / "shards/tokens-00000.shard", 4096);
  const int status = wait_for(child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS) << status;
  const std::string words =
      place.path("shards/tokens-00000.shard") + " was cut short, or its disk failed";
  expect_in(read_file(place.folder / "log"), {"tessera: error: " + words});
  EXPECT_TRUE(read_file(place.folder / "run/failure.txt").starts_with(words));
}

TEST(Train, TellsItsRevisionEverywhere) {
  const std::string version = program({"--version"}).out;  // "tessera 0.1.0 (8dac83e0a1b2)\n"
  const std::string text = version.substr(8, version.size() - 9);
  EXPECT_TRUE(std::regex_match(
      text, std::regex(R"(\d+\.\d+\.\d+ \(([0-9a-f]{12}(, dirty)?|revision not known.*)\))")))
      << text;
  const Workplace place;
  ASSERT_EQ(program(place.train("run")).status, 0);
  expect_in(read_file(place.folder / "run/header.txt"), {"tessera " + text});
  const auto state =
      nlohmann::json::parse(read_file(place.folder / "run/checkpoints/step-00000012/run.json"));
  EXPECT_EQ(state.at("environment").at("tessera"), text);
  expect_in(program({"doctor", "--no-measure"}).out, {text});
}

TEST(Train, RefusalsSayWhatToChange) {
  const Workplace place;
  const auto refusal = [&](const std::vector<std::string>& sets) {
    const ProgramRun run = program(place.train("refused", sets));
    EXPECT_EQ(run.status, 2) << run.out;
    EXPECT_FALSE(fs::exists(place.folder / "refused/checkpoints/step-00000002"));
    return run.err;
  };
  expect_in(refusal({"data.shards="}), {"data.shards", "tessera tokenize"});
  expect_in(refusal({"data.shards=" + place.path("none")}), {place.path("none")});
  expect_in(refusal({"data.shards=" + place.path("text")}), {place.path("text"), "manifest"});
  expect_in(refusal({"model.vocab=100"}), {"100", "261", "vocab"});
  expect_in(refusal({"device.memory=1 MiB"}), {"memory"});
  expect_in(refusal({"model.hiden=4"}), {"did you mean", "hidden"});
  expect_in(refusal({"log.folder=" + place.path("tiny.yaml")}),
            {"cannot create the folder", "another log.folder"});

  ASSERT_EQ(program(place.train("run")).status, 0);
  const ProgramRun other = program(place.train("run", {"model.layers=2"}));
  EXPECT_EQ(other.status, 2);
  expect_in(other.err, {"of another model (model.layers: 1 → 2)", "another checkpoint.folder"});

  // A flipped bit in the tokens is found before anything is learned from them.
  const fs::path shard = place.folder / "shards/tokens-00000.shard";
  std::string bytes = read_file(shard);
  bytes[bytes.size() / 2] ^= 1;
  write_file(shard, bytes);
  expect_in(refusal({}), {"tokens-00000.shard"});
}

TEST(Eval, RefusalsSayWhatToChange) {
  const Workplace place;
  const auto refusal = [&](const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  };
  expect_in(refusal({"eval", place.path("text")}),
            {"neither a checkpoint nor the folder of a run"});
  expect_in(refusal({"eval", place.path("none")}), {"none"});
  expect_in(refusal({"eval", place.path("tiny.yaml"), "--set",
                     "checkpoint.folder=" + place.path("nothing")}),
            {"no whole checkpoint in " + place.path("nothing"), "train first"});
  ASSERT_EQ(program(place.train("run")).status, 0);
  expect_in(refusal({"eval", place.path("run"), "--set", "data.validation=0"}),
            {"data.validation is 0"});
  expect_in(refusal({"eval", place.path("run"), "--set", "model.hidden=32"}), {"another model"});
  write_file(place.folder / "run/checkpoints/step-00000012/part-00000.safetensors", "damaged");
  expect_in(refusal({"eval", place.path("run/checkpoints/step-00000012")}),
            {"part-00000.safetensors"});
  const ProgramRun older = program({"eval", place.path("run")});
  EXPECT_EQ(older.status, 0) << older.err;
  expect_in(older.err, {"warning: checkpoint", "step-00000012 cannot be used"});
  expect_in(older.out, {"step-00000010"});
}

}  // namespace
}  // namespace tessera
