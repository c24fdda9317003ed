// `tessera generate` and `eval` on a checkpoint, as a user meets them: what they say when the text
// must end, when the prompt is too long, when the weights are of no use, and when what was named is
// no checkpoint.
#include <nlohmann/json.hpp>
#include <sstream>

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

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(nlohmann::json::parse(line));
  return out;
}

/// Results come as lines of JSON in the order of the prompts, and are the same in any batch.
TEST_F(Generate, ManyPromptsGiveTheTextsThatEachGivesAlone) {
  train();
  write_file(place_.folder / "prompts", "ab\n{\"prompt\": \"c\\nd\", \"id\": 7}\n\nlonger one\n");
  const auto made = [&](const std::string& batch) {
    const ProgramRun run = program({"generate", path("run"), "--prompts", path("prompts"),
                                    "--batch", batch, "--tokens", "5", "--logprobs", "2"});
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  };
  const std::string one = made("1");
  EXPECT_EQ(made("3"), one);
  EXPECT_EQ(made("32"), one);
  const auto lines = json_lines(one);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].at("id"), 7);
  EXPECT_EQ(lines[1].at("prompt"), "c\nd");
  EXPECT_EQ(lines[2].at("prompt"), "");
  for (const auto& line : lines) {
    EXPECT_LE(line.at("ids").size(), 5u);
    EXPECT_EQ(line.at("logprobs").size(), line.at("ids").size());
    EXPECT_EQ(line.at("likeliest")[0].size(), 2u);
    EXPECT_TRUE(line.at("ended") == "length" || line.at("ended") == "end") << line;
  }
  const ProgramRun single = program(
      {"generate", path("run"), "--prompt", "ab", "--tokens", "5", "--logprobs", "2", "--json"});
  EXPECT_EQ(single.out, one.substr(0, one.find('\n') + 1));
  const ProgramRun file = program({"generate", path("run"), "--prompts", path("prompts"),
                                   "--tokens", "5", "--logprobs", "2", "--out", path("texts")});
  EXPECT_EQ(file.out, "");
  EXPECT_EQ(read_file(place_.folder / "texts"), one);
}

TEST_F(Generate, SearchesWithBeams) {
  train();
  const ProgramRun run =
      program({"generate", path("run"), "--prompt", "ab", "--beams", "3", "--tokens", "4", "--json",
               "--early-stopping", "never", "--length-penalty", "0.5", "--no-repeat-ngram", "2"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto line = json_lines(run.out).at(0);
  EXPECT_LT(line.at("score"), 0);
  EXPECT_LE(line.at("ids").size(), 4u);
}

TEST_F(Generate, EndsBeforeAStopString) {
  train();
  const auto text = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"generate",      path("run"), "--prompt", "ab", "--json",
                                   "--temperature", "0",         "--tokens", "8"};
    words.insert(words.end(), more.begin(), more.end());
    return json_lines(program(words).out).at(0);
  };
  const auto whole = text({});
  const auto full = whole.at("text").get<std::string>();
  ASSERT_GE(full.size(), 3u);
  const std::string stop = full.substr(2, 1);
  const auto cut = text({"--stop", stop});
  EXPECT_EQ(cut.at("ended"), "stop");
  EXPECT_EQ(cut.at("text"), full.substr(0, full.find(stop)));
}

TEST_F(Generate, RefusesWhatMakesNoSense) {
  train();
  write_file(place_.folder / "empty", "");
  write_file(place_.folder / "bad", "one\n{\"text\": 1}\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"--temperature", "-1"}, "--temperature: it must not be negative"},
      {{"--top-p", "0"}, "--top-p: it is above 0 and at most 1"},
      {{"--min-p", "2"}, "--min-p: it is from 0 to 1"},
      {{"--penalty", "repetition"}, "is not NAME=NUMBER"},
      {{"--penalty", "repetition=0"}, "repetition is above 0"},
      {{"--penalty", "length=2"}, "known: repetition, frequency, presence"},
      {{"--beams", "40"}, "--beams: at most 32"},
      {{"--beams", "2", "--top-k", "3"}, "--top-k: beam search makes no draws"},
      {{"--length-penalty", "1"}, "--length-penalty: only beam search has it"},
      {{"--beams", "2", "--early-stopping", "soon"}, "'soon' is none of no, yes, never"},
      {{"--batch", "33"}, "--batch: at most 32"},
      {{"--logprobs", "1"}, "--logprobs: only JSON lines show them"},
      {{"--out", "x"}, "--out: it takes JSON lines"},
      {{"--stop", ""}, "--stop: give a text"},
      {{"--prompt", "a", "--prompts", "b"}, "not both"},
      {{"--prompts", path("empty")}, "has no line"},
      {{"--prompts", path("none")}, "cannot be read"},
      {{"--prompts", path("bad")}, "bad: line 2: the object has no text \"prompt\""}};
  for (const auto& [options, words] : cases) {
    std::vector<std::string> all{"generate", path("run")};
    all.insert(all.end(), options.begin(), options.end());
    const ProgramRun run = program(all);
    EXPECT_EQ(run.status, 2) << words;
    EXPECT_EQ(run.out, "") << words;
    expect_contains(run.err, words);
  }
}

TEST_F(Generate, WhatDoesNotFitIsRefusedWithItsNumbers) {
  train();
  const ProgramRun run = program({"generate", path("run"), "--set", "device.memory=1MiB"});
  EXPECT_EQ(run.status, 2);
  expect_contains(run.err, "MiB");
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
                    "there is no config, run, checkpoint or model 'nosuch'; name a config");
    expect_contains(error(""), "there is no config, run, checkpoint or model ''");
    expect_contains(error(path("text")), "neither a checkpoint nor the folder of a run");
  }
}

}  // namespace
}  // namespace tessera
