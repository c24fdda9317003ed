// `tessera generate` and `eval` on a checkpoint, as a user meets them: what they say when the text
// must end, when the prompt is too long, when the weights are of no use, and when what was named is
// no checkpoint.
#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/checkpoint/checkpoint_writer.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

/// Adds a checkpoint like the newest one of `folder`, whole but with nan for every number.
void poison(const fs::path& folder) {
  const FoundCheckpoint newest = list_checkpoints(folder).at(0);
  CheckpointReader reader(newest.path);
  std::vector<std::vector<char>> bytes;
  std::vector<PartTensor> parts;
  for (const std::string& name : reader.names()) {
    const TensorType& type = reader.type(name);
    const Box whole = Box::whole(type.shape);
    bytes.emplace_back(type.bytes(), '\xff');
    if (type.dtype != DType::f32) reader.read(name, whole, bytes.back().data());
    parts.push_back({name, type, whole, bytes.back().data()});
  }
  CheckpointWriter writer(folder, newest.step + 1);
  writer.write(parts);
  CheckpointVerdicts verdicts;
  writer.commit(reader.config_text(), reader.run_json(), 2, verdicts);
}

/// A model of next to nothing, trained for a moment.
class Generate : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return place_.path(name); }
  void train() const {
    const ProgramRun run = program(place_.train(
        "run", {"train.steps=1 steps", "schedule.warmup=0 steps", "evaluate.every=0 steps"}));
    ASSERT_EQ(run.status, 0) << run.err;
  }

  const Workplace place_;
};

TEST_F(Generate, SaysWhyItStopped) {
  train();
  const ProgramRun full = program({"generate", path("run"), "--prompt", "ab", "--tokens", "1000"});
  EXPECT_EQ(full.status, 0) << full.err;
  EXPECT_TRUE(full.out.starts_with("ab")) << full.out;
  // A text that the model itself ends needs no word.
  EXPECT_TRUE(full.err.empty() ||
              full.err == "stopped after 14 tokens: model.context = 16 is full\n")
      << full.err;
  const ProgramRun short_one = program({"generate", path("run"), "--tokens", "3"});
  EXPECT_EQ(short_one.err, "");
}

TEST_F(Generate, APromptThatIsTooLongIsNotPrinted) {
  train();
  const ProgramRun fits = program({"generate", path("run"), "--prompt", std::string(15, 'a')});
  EXPECT_EQ(fits.status, 0) << fits.err;
  const ProgramRun run = program({"generate", path("run"), "--prompt", std::string(16, 'a')});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.out, "");
  expect_contains(run.err, "16 tokens and the one that every document begins with do not fit");
  expect_contains(run.err, "model.context is 16");
}

TEST_F(Generate, WeightsOfNoUseAreRefused) {
  train();
  poison(path("run/checkpoints"));
  const ProgramRun text = program({"generate", path("run"), "--prompt", "ab"});
  EXPECT_EQ(text.status, 2);
  EXPECT_EQ(text.out, "");
  expect_contains(text.err, "where the likelihood of a token should be");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"eval", path("run")}, {"eval", path("run"), "--json"}}) {
    const ProgramRun eval = program(words);
    EXPECT_EQ(eval.status, 2);
    expect_contains(eval.out, "loss");
    expect_contains(eval.err, "training had failed before this checkpoint was written");
  }
}

TEST_F(Generate, WhatIsNoCheckpointIsRefused) {
  for (const char* verb : {"eval", "generate"}) {
    const auto error = [&](const std::string& source) {
      const ProgramRun run = program({verb, source});
      EXPECT_EQ(run.status, 2) << run.out;
      return run.err;
    };
    expect_contains(error(path("shards")), "shards: holds token shards, no checkpoint; name a");
    expect_contains(error("nosuch"),
                    "there is no config, run or checkpoint 'nosuch'; name a config");
    expect_contains(error(""), "there is no config, run or checkpoint ''");
    expect_contains(error(path("text")), "neither a checkpoint nor the folder of a run");
  }
}

}  // namespace
}  // namespace tessera
