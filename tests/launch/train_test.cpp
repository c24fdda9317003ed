// `tessera train` and `eval`, as a user meets them: from text to a checkpoint, killed and gone on with, and every way in
// which it refuses to begin.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

void expect_in(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

/// A folder with token shards and a tiny config; runs go below it.
struct Workplace {
  TemporaryFolder folder;

  Workplace() {
    for (uint64_t i = 0; i < 20; ++i)
      write_file(folder / ("text/" + std::to_string(i)), random_text(i, 2000));
    EXPECT_EQ(program({"tokenize", path("text"), "--out", path("shards")}).status, 0);
    write_file(folder / "tiny.yaml",
               "model: {type: gpt, layers: 1, hidden: 16, heads: 2, context: 16}\n"
               "batch: {sequences: 4}\nschedule: {warmup: 2 steps}\ntrain: {steps: 12 steps}\n"
               "evaluate: {every: 5 steps, batches: 2}\ncheckpoint: {every: 2 steps}\n"
               "log: {every: 1 steps}\ndevice: {threads: 1}\ndata: {shards: " +
                   path("shards") + "}\n");
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  /// The words of a command that trains into runs/NAME.
  std::vector<std::string> train(const std::string& run,
                                 const std::vector<std::string>& sets = {}) const {
    std::vector<std::string> words{"train", path("tiny.yaml"), "--peak", "100"};
    for (const std::string& set :
         {"log.folder=" + path(run), "checkpoint.folder=" + path(run + "/checkpoints")})
      words.insert(words.end(), {"--set", set});
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return words;
  }
  /// The metrics without what depends on the clock.
  std::string curve(const std::string& run) const {
    std::istringstream in(read_file(folder / (run + "/metrics.jsonl")));
    std::string out;
    for (std::string line; std::getline(in, line);) {
      auto json = nlohmann::ordered_json::parse(line);
      for (const char* timing : {"seconds", "tokens_per_s", "eval_seconds", "mfu"})
        json.erase(timing);
      out += json.dump() + "\n";
    }
    return out;
  }
  std::string states(const std::string& run) const {
    return read_file(folder / (run + "/checkpoints/step-00000012/part-00000.safetensors"));
  }
};

/// Starts the program as a process of its own, its output in a file.
pid_t start(const std::vector<std::string>& args, const std::string& output) {
  std::vector<std::string> words{program_path()};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, program_path().c_str(), &actions, nullptr, argv.data(), environ),
            0);
  ::posix_spawn_file_actions_destroy(&actions);
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

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
