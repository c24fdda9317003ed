// The verbs with `device.type: cuda`, on the plug-in with doubles of CUDA's libraries, which lies
// beside this test program.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cuda/plugin/settings_of_doubles.h"
#include "tests/launch/program.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

using testing::SettingsOfDoubles;

const std::string kOnCard = "device.type=cuda";

TEST(CudaVerbs, DoctorTellsOfTheCard) {
  const ProgramRun run = program({"doctor", "--no-measure"});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out, {"\ncuda ", "\ncard 0 ", "Double of a card"});
  const SettingsOfDoubles pretended("driver=0");
  const ProgramRun without = program({"doctor", "--no-measure"});
  EXPECT_EQ(without.status, 0) << without.err;
  expect_in(without.out, {"\ncuda ", "needs an NVIDIA driver", "\nmisses "});
}

TEST(CudaVerbs, WhatIsMissingEndsARunWithItsReason) {
  const Workplace work;
  const auto error = [&](const char* doubles, const std::vector<std::string>& args) {
    const SettingsOfDoubles pretended(doubles);
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  };
  const std::vector<std::string> plan{"plan", work.path("tiny.yaml"), "--set", kOnCard};
  const auto train = work.train("run", {kOnCard});
  for (const auto& args : {plan, train}) {
    expect_in(error("driver=0", args), {"device.type: cuda needs an NVIDIA driver"});
    expect_in(error("driver=12020", args), {"too old", "CUDA 12.2"});
    expect_in(error("cards=0", args), {"shows this process no card"});
    expect_in(error("capability=70", args), {"need 8.0"});
    expect_in(error("memory=300000000", args), {"does not fit", "needs"});
  }
  expect_in(program(work.train("run", {kOnCard, "device.isa=avx2"})).err, {"leave device.isa out"});
}

/// The losses of a run, by step.
std::map<int64_t, double> losses(const Workplace& work, const std::string& run) {
  std::map<int64_t, double> out;
  std::istringstream in(work.curve(run));
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("loss")) out[json.at("step")] = json.at("loss");
  }
  return out;
}

void expect_near(const std::map<int64_t, double>& got, const std::map<int64_t, double>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (const auto& [step, loss] : want)
    EXPECT_NEAR(got.at(step), loss, 1e-4 * std::abs(loss)) << "step " << step;
}

TEST(CudaVerbs, ARunGoesFromOneDeviceToTheOther) {
  const Workplace work;
  const auto train = [&](const std::string& run, std::vector<std::string> sets) {
    sets.emplace_back("schedule.type=constant");  // which does not depend on where a part ends
    const ProgramRun ran = program(work.train(run, sets));
    ASSERT_EQ(ran.status, 0) << ran.err;
  };
  train("cpu", {});
  train("cuda", {kOnCard});
  expect_near(losses(work, "cuda"), losses(work, "cpu"));
  train("moved", {"train.steps=4 steps"});
  train("moved", {"train.steps=8 steps", kOnCard});
  train("moved", {});
  expect_near(losses(work, "moved"), losses(work, "cpu"));
  train("stopped", {"train.steps=6 steps", kOnCard});
  train("stopped", {kOnCard});
  EXPECT_EQ(losses(work, "stopped"), losses(work, "cuda")) << "resuming keeps every bit";

  const auto said = [&](const std::vector<std::string>& args) {
    const ProgramRun ran = program(args);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  };
  expect_in(said({"eval", work.path("cuda"), "--set", kOnCard}), {"loss"});
  const auto generate = [&](const std::vector<std::string>& sets) {
    std::vector<std::string> words{"generate", work.path("cuda"), "--prompt", "the", "--tokens",
                                   "8",        "--temperature",   "0"};
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return said(words);
  };
  EXPECT_EQ(generate({kOnCard}), generate({"device.type=cpu"}));
}

}  // namespace
}  // namespace tessera
