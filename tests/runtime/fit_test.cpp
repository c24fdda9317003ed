#include "framework/runtime/fit.h"

#include <gtest/gtest.h>

#include "framework/ops/ops.h"
#include "framework/passes/grad.h"

namespace tessera {
namespace {

/// A chain of layers of 64 x 64 with a batch of 512 rows: activations outweigh the parameters.
Compiled chain(int layers, int64_t rows) {
  Program program;
  Graph g("step");
  Value h = g.add_input("x", {DType::f32, {rows, 64}}, PortKind::data);
  std::vector<Value> parameters;
  for (int i = 0; i < layers; ++i) {
    const TensorType type{DType::f32, {64, 64}};
    const std::string name = fmt::format("layer.{}.weight", i);
    program.declare({name, type, StateKind::parameter});
    parameters.push_back(g.add_input(name, type, PortKind::state));
    h = g.add1(ops::sin, {ops::matmul(h, parameters.back())}, {}, fmt::format("layer.{}", i));
  }
  const Value loss = ops::sum(h, {{"dims", Shape{}}, {"keep", false}}, "loss");
  const auto gradients = add_gradients(g, loss, parameters);
  for (size_t i = 0; i < gradients.size(); ++i)
    g.add_output(fmt::format("layer.{}.weight", i), ops::sub(parameters[i], gradients[i]),
                 PortKind::state);
  g.add_output("loss", loss);
  program.add(std::move(g));
  DeviceProfile profile;
  profile.backend = "cpu";
  return compile(std::move(program), profile);
}

std::string refusal(const Compiled& compiled, size_t limit, size_t reserve,
                    const FitSettings& settings) {
  try {
    require_fits(compiled, limit, reserve, settings);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Fit, ToTheByte) {
  const Compiled compiled = chain(3, 512);
  const auto bytes = static_cast<size_t>(compiled.bytes());
  EXPECT_EQ(refusal(compiled, bytes + 1000, 1000, {}), "");
  EXPECT_NE(refusal(compiled, bytes + 999, 1000, {}), "");
  EXPECT_NE(refusal(compiled, 0, 0, {}), "");
}

TEST(Fit, NamesTheFiveLargestTensorsAndWhatHelps) {
  const Compiled compiled = chain(6, 4096);
  const std::string text = refusal(compiled, static_cast<size_t>(compiled.bytes()) * 2 / 3, 4096,
                                   {Recompute::none, 8, 1, false});
  for (const char* part : {"this run does not fit: it needs ", "the largest tensors:\n",
                           "(activation)", "recompute.policy: selective",
                           "batch.accumulate: 2 (about 4 sequences at a time instead of 8)",
                           "precision.compute: bf16", "device.memory of"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in\n" << text;
  size_t tensors = 0;
  for (size_t at = text.find("(activation)"); at != std::string::npos;
       at = text.find("(activation)", at + 1))
    ++tensors;
  EXPECT_EQ(tensors, 5u) << text;
}

TEST(Fit, DoesNotAdviseWhatIsDoneAlready) {
  const Compiled compiled = chain(6, 4096);
  const std::string text = refusal(compiled, static_cast<size_t>(compiled.bytes()) - 1, 0,
                                   {Recompute::full, 1, 8, true});
  for (const char* part : {"recompute", "batch.accumulate", "bf16"})
    EXPECT_EQ(text.find(part), std::string::npos) << text;
  EXPECT_NE(text.find("batch.length"), std::string::npos) << text;
  const std::string selective = refusal(compiled, static_cast<size_t>(compiled.bytes()) - 1, 0,
                                        {Recompute::selective, 8, 1, true});
  EXPECT_NE(selective.find("recompute.policy: full"), std::string::npos) << selective;
}

TEST(Fit, SaysWhenTheStatesAloneAreTooLarge) {
  const Compiled compiled = chain(20, 8);
  const std::string text = refusal(compiled, static_cast<size_t>(compiled.state_bytes) / 2, 0,
                                   {Recompute::none, 8, 1, false});
  EXPECT_NE(text.find("a smaller model: its states alone do not fit"), std::string::npos) << text;
  EXPECT_EQ(text.find("recompute"), std::string::npos) << text;
  EXPECT_NE(text.find("layer.0.weight (parameter)"), std::string::npos) << text;
}

TEST(Fit, SaysWhenTheReserveIsTooLarge) {
  const Compiled compiled = chain(6, 8);
  const auto limit = static_cast<size_t>(compiled.bytes()) * 2;
  const std::string text = refusal(compiled, limit, limit, {Recompute::none, 8, 1, false});
  // The amount that it names suffices: the plan takes half of the limit, and this is what is left.
  const size_t at = text.find("device.reserve: ");
  ASSERT_NE(at, std::string::npos) << text;
  size_t unit = 0;
  const auto amount = static_cast<size_t>(std::stoll(text.substr(at + 16), &unit));
  const size_t factor = text[at + 16 + unit] == 'K'   ? 1024
                        : text[at + 16 + unit] == 'M' ? 1 << 20
                                                      : 1;
  EXPECT_EQ(refusal(compiled, limit, amount * factor, {}), "") << text;
  EXPECT_EQ(text.find("a smaller model"), std::string::npos) << text;
}

TEST(Fit, ProposesNoReserveWhereNoneSuffices) {
  const Compiled compiled = chain(6, 8);
  const auto limit = static_cast<size_t>(compiled.bytes()) / 2;
  const std::string text = refusal(compiled, limit, limit, {Recompute::none, 8, 1, false});
  EXPECT_EQ(text.find("device.reserve"), std::string::npos) << text;
}

TEST(Fit, AsksForTheMemoryOfAllRanksThatShareIt) {
  const Compiled compiled = chain(6, 4096);
  FitSettings settings;
  settings.sharers = 2;
  const std::string text = refusal(compiled, 0, 0, settings);
  const std::string both = bytes_text(2 * compiled.bytes()), each = bytes_text(compiled.bytes());
  EXPECT_NE(text.find(fmt::format(
                "a machine or cgroup of {} for the 2 ranks that share it, {} each", both, each)),
            std::string::npos)
      << text;
}

TEST(Fit, ProposesMicroStepsThatTheRanksShareEvenly) {
  const Compiled compiled = chain(6, 4096);
  FitSettings settings{Recompute::full, 12, 1, true};
  settings.ranks = 4;
  // Half of the sequences would do, but 6 are no multiple of 4.
  const std::string text =
      refusal(compiled, static_cast<size_t>(compiled.bytes()) * 2 / 3, 0, settings);
  EXPECT_NE(text.find("batch.accumulate: 3 (about 4 sequences"), std::string::npos) << text;
}

TEST(Fit, CountsTheSamplesOfALargeStep) {
  const Compiled compiled = chain(3, 8);
  FitSettings settings{Recompute::none, 1, 1 << 24, false};
  settings.batch_bytes = int64_t{20} << 30;
  const std::string text = refusal(compiled, size_t{16} << 30, size_t{256} << 20, settings);
  EXPECT_NE(text.find("20.0 GiB for the samples of a step"), std::string::npos) << text;
  EXPECT_NE(text.find("fewer samples in a step (batch.sequences)"), std::string::npos) << text;
  EXPECT_EQ(refusal(compiled, size_t{32} << 30, size_t{256} << 20, settings), "");
}

TEST(MemoryReportOfARun, AddsUpToThePlan) {
  for (const int64_t rows : {8, 4096}) {
    const Compiled compiled = chain(5, rows);
    const MemoryReport report = memory_report(compiled);
    EXPECT_EQ(report.state_bytes, compiled.state_bytes);
    EXPECT_EQ(report.arena_bytes, compiled.arena_bytes);
    EXPECT_EQ(report.bytes(), compiled.bytes());
    EXPECT_EQ(report.states.at(StateKind::parameter), 5 * 64 * 64 * 4);
    EXPECT_GE(report.unused, 0);
  }
}

}  // namespace
}  // namespace tessera
