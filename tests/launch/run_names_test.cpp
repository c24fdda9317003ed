// Which run a command means: every config has one of its own, and a run is found where it lies,
// however it came there.
#include <nlohmann/json.hpp>

#include "framework/checkpoint/checkpoint_folder.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

/// Works in a folder with token shards in `shards`, so that all paths are relative.
class RunNames : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(place_.folder.path());
  }
  void TearDown() override { fs::current_path(before_); }

  static void write_config(const std::string& path, const std::string& more = "") {
    write_file(path,
               "model: {type: gpt, layers: 1, hidden: 16, heads: 2, context: 16}\n"
               "batch: {sequences: 4}\nschedule: {warmup: 2 steps}\ntrain: {steps: 4 steps}\n"
               "evaluate: {every: 0 steps, batches: 2}\ndevice: {threads: 1}\n"
               "data: {shards: shards}\n" +
                   more);
  }
  static ProgramRun train(const std::string& config, const std::vector<std::string>& sets = {}) {
    std::vector<std::string> words{"train", config, "--peak", "100"};
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return program(words);
  }
  static void trains(const std::string& config, const std::vector<std::string>& sets = {}) {
    const ProgramRun run = train(config, sets);
    ASSERT_EQ(run.status, 0) << run.err;
  }
  static nlohmann::json eval(const std::string& source) {
    const ProgramRun run = program({"eval", source, "--json"});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.err, "");
    return run.status == 0 ? nlohmann::json::parse(run.out) : nlohmann::json();
  }

  const Workplace place_;
  fs::path before_;
};

TEST_F(RunNames, EveryConfigHasARunOfItsOwnInAnyScript) {
  for (const std::string name : {"实验一", "实验二", "a b", "a-b"}) {
    write_config(name + ".yaml", "optimizer: {lr: 0.001" + std::to_string(name.size()) + "}\n");
    const ProgramRun run = train(name + ".yaml");
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.out.find("going on"), std::string::npos) << run.out;
    expect_in(run.out, {"saved as runs/" + name + "/checkpoints/step-00000004"});
    EXPECT_EQ(eval(name + ".yaml").at("step"), 4);
    trains("runs/" + name + "/config.yaml", {"train.steps=5 steps"});  // the same run
    trains(name + ".yaml", {"train.steps=6 steps"});
  }
}

TEST_F(RunNames, TwoFilesOfOneNameAreToldApart) {
  write_config("e1/config.yaml");
  write_config("e2/config.yaml", "optimizer: {lr: 0.01}\n");
  trains("e1/config.yaml");
  const std::string record = read_file("runs/config/config.yaml");
  const ProgramRun second = train("e2/config.yaml", {"train.steps=8 steps"});
  EXPECT_EQ(second.status, 2);
  expect_in(second.err,
            {"runs/config is the run of e1/config.yaml, and e2/config.yaml has the same "
             "name: two configs would share one run",
             "--set log.folder=runs/config-2", "rename"});
  EXPECT_EQ(read_file("runs/config/config.yaml"), record);
  trains("e2/config.yaml", {"log.folder=runs/config-2"});
  trains("e2/config.yaml", {"log.folder=runs/config", "train.steps=8 steps"});  // on purpose
}

TEST_F(RunNames, AProjectThatWasMovedAsAWholeGoesOn) {
  fs::create_directory("project");
  fs::rename("shards", "project/shards");
  fs::current_path("project");
  write_config("e1/config.yaml");
  trains("e1/config.yaml");
  fs::current_path("..");
  fs::rename("project", "elsewhere");
  fs::current_path("elsewhere");
  const ProgramRun run = train("e1/config.yaml", {"train.steps=6 steps"});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out, {"going on from runs/config/checkpoints/step-00000004"});
  trains("./e1/../e1/config.yaml", {"train.steps=8 steps"});
  fs::current_path("/");
  EXPECT_EQ(eval(place_.path("elsewhere/runs/config")).at("step"), 8);
}

TEST_F(RunNames, TheRunThatIsNamedIsTheOneThatIsRead) {
  write_config("base.yaml");
  trains("base.yaml", {"log.folder=runs/mv"});
  fs::create_directory("arch");
  fs::copy("runs/mv", "arch/mv", fs::copy_options::recursive);
  trains("base.yaml", {"log.folder=runs/mv", "train.steps=6 steps"});
  for (const std::string source : {"arch/mv", "arch/mv/checkpoints", "arch/mv/config.yaml",
                                   "arch/mv/checkpoints/step-00000004"}) {
    const auto json = eval(source);
    EXPECT_EQ(json.at("step"), 4) << source;
    EXPECT_TRUE(json.at("checkpoint").get<std::string>().starts_with("arch/mv/checkpoints/"))
        << json;
  }
  EXPECT_EQ(eval("runs/mv").at("step"), 6);

  fs::rename("runs/mv", "arch/deep");
  const ProgramRun text = program({"generate", "arch/deep", "--tokens", "3"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_EQ(eval("arch/deep").at("step"), 6);
  fs::current_path("/");
  const std::string far = place_.path("arch/deep");
  for (const std::string source : {"", "/checkpoints", "/checkpoints/step-00000006"})
    EXPECT_EQ(eval(far + source).at("step"), 6) << source;
  const ProgramRun planned = program({"plan", far + "/config.yaml"});  // reads the shards' manifest
  EXPECT_EQ(planned.status, 0) << planned.err;
}

TEST_F(RunNames, AMovedRunGoesOnWhereItIs) {
  write_config("base.yaml");
  trains("base.yaml", {"log.folder=runs/mv"});
  fs::create_directory("arch");
  fs::rename("runs/mv", "arch/mv");
  for (const std::string command : {"arch/mv/config.yaml", "base.yaml"}) {
    const int64_t steps = command == "base.yaml" ? 8 : 6;
    std::vector<std::string> sets{"train.steps=" + std::to_string(steps) + " steps"};
    if (command == "base.yaml") sets.emplace_back("log.folder=arch/mv");
    const ProgramRun run = train(command, sets);
    EXPECT_EQ(run.status, 0) << run.err;
    expect_in(run.out, {"going on from arch/mv/checkpoints/"});
    EXPECT_EQ(list_checkpoints("arch/mv/checkpoints").at(0).step, steps);
  }
  EXPECT_FALSE(fs::exists("runs/mv"));
  // Another folder for the same config takes the checkpoints along.
  trains("arch/mv/config.yaml", {"log.folder=runs/new"});
  EXPECT_EQ(list_checkpoints("runs/new/checkpoints").at(0).step, 8);
  EXPECT_EQ(list_checkpoints("arch/mv/checkpoints").size(), 3u);
}

TEST_F(RunNames, CheckpointsThatLieElsewhereAreFound) {
  write_config("base.yaml");
  trains("base.yaml", {"checkpoint.folder=big/disk"});
  fs::current_path("/");
  EXPECT_EQ(eval(place_.path("runs/base")).at("step"), 4);
}

TEST_F(RunNames, DataThatIsGoneIsAskedFor) {
  write_config("base.yaml");
  trains("base.yaml");
  fs::rename("shards", "moved");
  const ProgramRun run = program({"eval", "runs/base"});
  EXPECT_EQ(run.status, 2);
  expect_in(run.err,
            {"the data of this run, shards, is not found from", "--set data.shards=FOLDER"});
  const ProgramRun found = program({"eval", "runs/base", "--set", "data.shards=moved"});
  EXPECT_EQ(found.status, 0) << found.err;
  write_file("text/7", random_text(99, 2000));
  ASSERT_EQ(program({"tokenize", "text", "--out", "shards"}).status, 0);
  expect_in(program({"eval", "runs/base"}).err, {"was trained on other data"});
}

TEST_F(RunNames, ARunOfAnEarlierVersionIsPointedOut) {
  write_config("a-b.yaml");
  trains("a-b.yaml");
  write_config("a b.yaml");
  expect_in(train("a b.yaml").out,
            {"runs/a-b holds a run that may be one of this config, named by an "
             "earlier version",
             "--set log.folder=runs/a-b"});
  EXPECT_EQ(train("a b.yaml").out.find("earlier version"), std::string::npos);
}

TEST_F(RunNames, AFinishedRunIsNotRewritten) {
  write_config("base.yaml");
  trains("base.yaml", {"log.folder=runs/sweep"});
  const auto record = [] {
    std::string text;
    for (const char* name : {"config.yaml", "header.txt", "summary.json", "metrics.jsonl"})
      text += read_file(fs::path("runs/sweep") / name);
    return text;
  };
  const std::string before = record();
  const ProgramRun other =
      train("base.yaml", {"log.folder=runs/sweep", "train.seed=2", "optimizer.lr=0.1"});
  EXPECT_EQ(other.status, 2) << other.out;
  expect_in(other.err, {"runs/sweep is finished: it is at step 4, and train.steps is 4",
                        "optimizer.lr: 0.0003 → 0.1, train.seed: 1 → 2", "nothing was changed",
                        "--set log.folder=runs/sweep-2", "set train.steps to more than 4 steps"});
  EXPECT_EQ(record(), before);
  EXPECT_EQ(train("base.yaml", {"log.folder=runs/sweep", "train.steps=3 steps"}).status, 2);
  EXPECT_EQ(record(), before);

  const ProgramRun same = train("base.yaml", {"log.folder=runs/sweep", "device.threads=2"});
  EXPECT_EQ(same.status, 0) << same.err;
  expect_in(same.out, {"nothing to do"});
  EXPECT_EQ(record(), before);

  trains("base.yaml", {"log.folder=runs/sweep-2", "train.seed=2", "optimizer.lr=0.1"});
  trains("base.yaml", {"log.folder=runs/sweep", "optimizer.lr=0.1", "train.steps=6 steps"});
  expect_in(read_file("runs/sweep/config.yaml"), {"lr: 0.1"});
}

}  // namespace
}  // namespace tessera
