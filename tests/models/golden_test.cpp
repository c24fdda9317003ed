// Tiny models beside PyTorch's f64: logits, loss and every gradient of the first step, ten updates
// with clipping and decay, and the parameters they end with.
#include <gtest/gtest.h>

#include "models/model.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/first_step.h"
#include "tests/models/golden_state.h"

namespace tessera::testing {
namespace {

// Bounds in units of the largest element of a tensor. f32 loses some 1e-6 over two layers; a
// mistake costs 1e-3 and more.
constexpr double kLogits = 1e-5, kLoss = 2e-6, kGradients = 2e-5, kTenSteps = 1e-5, kFinal = 1e-4;
// Bounds in bf16, in the Euclidean norm of a tensor: its numbers have eight bits.
constexpr double kGradientsBf16 = 0.05, kLossesBf16 = 0.01;

/// Softmax does not see a number added to a whole row of scores, so the true gradient of k's bias
/// is 0 and what comes out is rounding: it is held to an absolute bound, and is not compared where
/// Adam takes it.
bool vanishes(const std::string& parameter) { return parameter.ends_with("attention.k.bias"); }

class Golden : public ::testing::TestWithParam<const char*> {
 protected:
  const GoldenState golden_{GetParam()};

  std::string title(const std::string& what) const {
    return fmt::format("{} {} ({})", GetParam(), what, to_string(device().isa));
  }

  Tensors first_step(const DeviceProfile& profile) const {
    const Config config = golden_.config();
    Graph graph;
    Tensors parameters;
    for (const Parameter& p : shipped_models().of(config).build(graph, config, {.training = true}))
      parameters[p.name] =
          Tensor::of<float>(DType::f32, p.shape, golden_.values<float>("param/" + p.name));
    return testing::first_step(config, std::move(parameters), golden_.feeds(0, 1)[0], profile);
  }

  void compare_first_step(const std::string& backend, const DeviceProfile& profile) const {
    const Tensors out = first_step(profile);
    ErrorTable logits(title(backend + " logits"), kLogits);
    for (const char* name : {"logits", "next_sentence_logits"})
      if (out.contains(name)) logits.add(name, worst_error(out.at(name).values(), golden(name)));
    EXPECT_NEAR(out.at("loss").item(), golden("loss")[0], kLoss * golden("loss")[0]);
    ErrorTable gradients(title(backend + " gradients"), kGradients);
    for (const std::string& name : golden_.names("grad"))
      add_gradient(gradients, name, out.at("grad/" + name).values());
  }

  template <typename Values>
  void add_gradient(ErrorTable& table, const std::string& name, const Values& values) const {
    if (!vanishes(name)) return table.add(name, worst_error(values, golden("grad/" + name)));
    const std::vector<float> zero(values.size(), 0.0F);
    table.add(name + " (absolute)", worst_error(values, zero));
  }

  std::vector<float> golden(const std::string& name) const { return golden_.values<float>(name); }

  /// Ten updates: losses and gradient norms, then what the parameters became.
  void compare_ten_steps(const std::string& what, const Config& config) const {
    auto learner = golden_.learner(config, device());
    std::vector<double> losses, norms;
    for (int64_t step = 0; step < GoldenState::kSteps; ++step) {
      const StepResult result = learner->step(step);
      EXPECT_TRUE(result.applied);
      losses.push_back(result.loss);
      norms.push_back(result.grad_norm);
    }
    ErrorTable steps(title(what + ", ten steps"), kTenSteps);
    steps.add("losses", worst_error(losses, golden("losses")));
    steps.add("gradient norms", worst_error(norms, golden("grad_norms")));
    ErrorTable table(title(what + ", final parameters"), kFinal);
    for (const std::string& name : golden_.names("final"))
      if (!vanishes(name))
        table.add(name,
                  worst_error(learner->session().state<float>(name), golden("final/" + name)));
  }
};

TEST_P(Golden, NamesAreOurs) {
  Graph graph;
  const Config config = golden_.config();
  std::vector<std::string> ours, theirs = golden_.names("param");
  for (const Parameter& p : shipped_models().of(config).build(graph, config, {.training = true})) {
    ours.push_back(p.name);
    EXPECT_EQ(p.is_matrix(), !p.name.ends_with(".gain") && !p.name.ends_with(".bias")) << p.name;
  }
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  EXPECT_EQ(ours, theirs);
}

TEST_P(Golden, FirstStepOnReference) { compare_first_step("reference", reference_device()); }

TEST_P(Golden, FirstStepOnCpu) { compare_first_step("cpu", device()); }

TEST_P(Golden, GradientsOfThePlannedProgram) {
  const auto learner =
      golden_.learner(golden_.config({"batch.sequences=6", "batch.accumulate=2"}), device());
  Session& session = learner->session();
  write_feed(golden_.feeds(0, 1)[0], session, "first");
  session.run("first");
  EXPECT_NEAR(session.output<float>("first", "loss")[0], golden("loss")[0],
              kLoss * golden("loss")[0]);
  ErrorTable table(title("planned gradients"), kGradients);
  for (const std::string& name : golden_.names("grad"))
    add_gradient(table, name, session.state<float>(name + "@grad"));
}

TEST_P(Golden, TenSteps) { compare_ten_steps("f32", golden_.config()); }

TEST_P(Golden, TenStepsOfThreeMicroSteps) {
  compare_ten_steps("f32, three micro-steps", golden_.config({"batch.accumulate=3"}));
}

TEST_P(Golden, TenStepsWithFullRecomputation) {
  compare_ten_steps("f32, full recomputation", golden_.config({"recompute.policy=full"}));
}

TEST_P(Golden, GradientsInBf16) {
  const auto learner = golden_.learner(
      golden_.config({"batch.sequences=6", "batch.accumulate=2", "precision.compute=bf16"}),
      device());
  Session& session = learner->session();
  write_feed(golden_.feeds(0, 1)[0], session, "first");
  session.run("first");
  ErrorTable table(title("gradients in bf16"), kGradientsBf16);
  for (const std::string& name : golden_.names("grad"))
    if (!vanishes(name))
      table.add(name, mean_error(session.state<float>(name + "@grad"), golden("grad/" + name)));
}

TEST_P(Golden, TenStepsInBf16) {
  const auto learner = golden_.learner(golden_.config({"precision.compute=bf16"}), device());
  ErrorTable table(title("losses in bf16"), kLossesBf16);
  for (int64_t step = 0; step < GoldenState::kSteps; ++step) {
    const StepResult result = learner->step(step);
    EXPECT_TRUE(result.applied);
    const double loss = golden("losses")[static_cast<size_t>(step)];
    table.add(fmt::format("step {}: {:.4f}, f64 {:.4f}", step, result.loss, loss),
              std::abs(result.loss - loss) / loss);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Golden, ::testing::Values("gpt", "gpt_rotary", "bert"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace tessera::testing
