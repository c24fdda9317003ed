// metrics.jsonl after crashes: what is kept, what is dropped, what is said.
#include "framework/record/metrics.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "framework/core/json_number.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

struct Opened {
  std::string text;
  std::vector<std::string> report;
};

/// What is left of a file with `text` when a run goes on from `step`.
Opened opened(const std::string& text, int64_t step, bool evaluated = true) {
  TemporaryFolder folder;
  const fs::path path = folder.path / "metrics.jsonl";
  write_file(path, text);
  Opened result;
  Metrics metrics(path, step, evaluated, result.report);
  result.text = read_file(path);
  return result;
}

const std::string kOne = "{\"step\":1,\"loss\":2.5}\n", kTwo = "{\"step\":2,\"loss\":2.25}\n",
                  kTwoEvaluated = "{\"step\":2,\"eval_loss\":2.3}\n",
                  kThree = "{\"step\":3,\"loss\":2.0}\n";

TEST(Metrics, DropsWhatLiesBeyondTheStep) {
  const Opened file = opened(kOne + kTwo + kTwoEvaluated + kThree, 2);
  EXPECT_EQ(file.text, kOne + kTwo + kTwoEvaluated);
  EXPECT_TRUE(file.report.empty());
  EXPECT_EQ(opened(kOne + kTwo + kTwoEvaluated + kThree, 2, false).text, kOne + kTwo);
  EXPECT_EQ(opened(kOne + kTwo, 0).text, "");
  EXPECT_EQ(opened(kOne + kTwo, 9).text, kOne + kTwo);
  EXPECT_EQ(opened("", 9).text, "");
}

TEST(Metrics, DropsATornLastLineAtEveryLength) {
  for (size_t length = 1; length < kTwo.size(); ++length) {
    const Opened file = opened(kOne + kTwo.substr(0, length), 9);
    EXPECT_EQ(file.text, kOne) << length;
    ASSERT_EQ(file.report.size(), 1u);
    expect_in(file.report[0], {"metrics.jsonl: 1 damaged line dropped"});
  }
}

TEST(Metrics, DropsDamageAnywhere) {
  const std::string zeros(64, '\0');
  const Opened file = opened(kOne + zeros + "\n{\"loss\":1}\n[1]\n\n{\"step\":\"2\"}\n" + kTwo, 9);
  EXPECT_EQ(file.text, kOne + kTwo);
  ASSERT_EQ(file.report.size(), 1u);
  expect_in(file.report[0], {"5 damaged lines dropped"});
}

TEST(Metrics, WritesNumbersToTheLastBitAndNonfiniteAsText) {
  TemporaryFolder folder;
  std::vector<std::string> report;
  Metrics metrics(folder.path / "metrics.jsonl", 0, false, report);
  const double third = 1.0 / 3, infinity = std::numeric_limits<double>::infinity();
  metrics.write(1, {{"loss", third}, {"tokens", int64_t{1} << 60}});
  metrics.write(2, {{"loss", -infinity}, {"grad_norm", std::nan("")}});
  std::istringstream in(read_file(metrics.path()));
  std::string line;
  std::getline(in, line);
  const auto json = nlohmann::ordered_json::parse(line);
  EXPECT_EQ(json["loss"].get<double>(), third);
  EXPECT_EQ(json["tokens"].get<int64_t>(), int64_t{1} << 60);
  std::getline(in, line);
  EXPECT_EQ(line, R"({"step":2,"loss":"-inf","grad_norm":"nan"})");
  EXPECT_EQ(from_json_number(nlohmann::ordered_json::parse(line)["loss"], "x"), -infinity);
  EXPECT_THROW(from_json_number("none", "x"), UserError);
}

TEST(Metrics, EarlierOnesAreSetAsideWhenARunStartsAnew) {
  TemporaryFolder folder;
  write_file(folder.path / ".lock", "");  // a run was here
  write_file(folder.path / "metrics.jsonl", kOne);
  ToyRun toy(toy_config(folder.path));
  toy.run();
  expect_in(toy.shown, {"no checkpoint to go on from", "metrics-earlier-1.jsonl"});
  EXPECT_EQ(read_file(folder.path / "metrics-earlier-1.jsonl"), kOne);
  EXPECT_EQ(curve(folder.path), Unbroken().curve);
}

}  // namespace
}  // namespace tessera::testing
