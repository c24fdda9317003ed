// Token shards, runs and checkpoints that an earlier program wrote (tests/earlier) are still read,
// measured and gone on with, and what comes of them is what that program made of them.
#include <nlohmann/json.hpp>

#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// What rounding may change: another machine has other instructions.
constexpr double kRounding = 1e-5;

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

struct Earlier {
  TemporaryFolder folder;
  fs::path from = fs::path(source_dir()) / "tests/earlier/8dac83e";
  std::string name;

  explicit Earlier(std::string run) : name(std::move(run)) {
    fs::copy(from / name, run_folder(), fs::copy_options::recursive);
  }
  fs::path run_folder() const { return folder / "run"; }
  /// Settings with which the run and its data are found where they lie now.
  std::vector<std::string> places() const {
    return {"--set", "log.folder=" + run_folder().string(),
            "--set", "checkpoint.folder=" + (run_folder() / "checkpoints").string(),
            "--set", "data.shards=" + (from / "shards").string()};
  }
  ProgramRun run(std::vector<std::string> args) const {
    const auto more = places();
    args.insert(args.end(), more.begin(), more.end());
    return program(args);
  }
  Json measured() const {
    const ProgramRun eval =
        run({"eval", (run_folder() / "checkpoints/step-00000010").string(), "--json"});
    EXPECT_EQ(eval.status, 0) << eval.err;
    return Json::parse(eval.out);
  }
  /// The lines of metrics that going on to step 20 adds.
  std::vector<Json> gone_on() const {
    const size_t before = lines_of(read_file(run_folder() / "metrics.jsonl")).size();
    const ProgramRun train =
        run({"train", (from / (name + ".yaml")).string(), "--set", "train.steps=20 steps"});
    EXPECT_EQ(train.status, 0) << train.err;
    EXPECT_NE(train.out.find("going on from"), std::string::npos) << train.out;
    auto lines = lines_of(read_file(run_folder() / "metrics.jsonl"));
    EXPECT_GE(lines.size(), before);
    lines.erase(lines.begin(),
                lines.begin() + static_cast<int64_t>(std::min(before, lines.size())));
    return lines;
  }
};

void expect_same(const std::string& name, double rounding) {
  const Earlier earlier(name);
  const Json eval = Json::parse(read_file(earlier.from / (name + ".eval.json")));
  const Json now = earlier.measured();
  EXPECT_NEAR(now.at("loss"), eval.at("loss").get<double>(),
              rounding * eval.at("loss").get<double>());
  const auto due = lines_of(read_file(earlier.from / (name + ".metrics.jsonl")));
  const auto lines = earlier.gone_on();
  ASSERT_EQ(lines.size(), due.size());
  for (size_t i = 0; i < due.size(); ++i) {
    EXPECT_EQ(lines[i].at("step"), due[i].at("step"));
    for (const char* key : {"loss", "eval_loss"}) {
      if (!due[i].contains(key)) continue;
      const double was = due[i].at(key);
      EXPECT_NEAR(lines[i].at(key), was, rounding * was)
          << name << " step " << due[i].at("step") << " " << key;
    }
  }
}

TEST(Earlier, GptIsReadMeasuredAndGoneOnWith) { expect_same("gpt", kRounding); }

TEST(Earlier, BertIsReadMeasuredAndGoneOnWith) { expect_same("bert", kRounding); }

/// Sentence pairs are cut otherwise since, so that the sequences are others; the losses stay near.
TEST(Earlier, BertOfPairsIsReadMeasuredAndGoneOnWith) { expect_same("pairs", 0.05); }

TEST(Earlier, GptGoesOnWithItsText) {
  const Earlier earlier("gpt");
  const ProgramRun generate =
      program({"generate", (earlier.run_folder() / "checkpoints/step-00000010").string(),
               "--prompt", "a", "--tokens", "4", "--temperature", "0"});
  EXPECT_EQ(generate.status, 0) << generate.err;
  EXPECT_EQ(generate.out[0], 'a');
}

}  // namespace
}  // namespace tessera
