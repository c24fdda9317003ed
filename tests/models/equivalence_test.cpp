// One update computed in different ways is one update: in one micro-step or several, on one thread
// or two, with a head whole or in chunks, from a planned arena full of rubbish.
#include <gtest/gtest.h>

#include "framework/core/threads.h"
#include "framework/passes/chunk.h"
#include "framework/passes/grad.h"
#include "framework/passes/precision.h"
#include "framework/runtime/evaluate.h"
#include "models/model.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

struct Case {
  const char* name;
  const char* text;
  Sets sets;
  double bound;  // on what rounding may do to a gradient
};

class Equivalence : public ::testing::TestWithParam<Case> {};

std::vector<float> all_parameters(ModelLearner& learner) {
  std::vector<float> out;
  for (const Parameter& p : learner.parameters()) {
    const auto state = learner.session().state<float>(p.name);
    out.insert(out.end(), state.begin(), state.end());
  }
  return out;
}

struct Update {
  double loss, norm;
  std::map<std::string, std::vector<float>> gradients;
};

/// The first update by plain gradient descent, from which the gradients can be read off.
Update first_update(const Case& test, const std::string& accumulate) {
  const Sets sgd{"optimizer.type=sgd", "optimizer.clip_norm=0", "optimizer.weight_decay=0",
                 "optimizer.lr=1", "batch.accumulate=" + accumulate};
  const auto learner = toy_learner(toy_config(test.text, test.sets, sgd), device());
  const auto before = all_parameters(*learner);
  const StepResult result = learner->step(0);
  const auto after = all_parameters(*learner);
  Update out{result.loss, result.grad_norm, {}};
  size_t at = 0;
  for (const Parameter& p : learner->parameters())
    for (int64_t i = 0; i < numel(p.shape); ++i, ++at)
      out.gradients[p.name].push_back(before[at] - after[at]);
  return out;
}

/// Weights are uneven: a mean of means would differ by several per cent. Dropout's masks are those
/// of the whole batch.
TEST_P(Equivalence, MicroSteps) {
  const Update whole = first_update(GetParam(), "1");
  for (const char* accumulate : {"2", "4"}) {
    const Update parts = first_update(GetParam(), accumulate);
    ErrorTable table(fmt::format("{} in {} micro-steps", GetParam().name, accumulate),
                     GetParam().bound);
    table.add("loss", std::abs(parts.loss / whole.loss - 1));
    table.add("norm", std::abs(parts.norm / whole.norm - 1));
    for (const auto& [name, gradient] : whole.gradients)
      if (!name.ends_with("attention.k.bias"))  // its true gradient is 0
        table.add(name, mean_error(parts.gradients.at(name), gradient));
  }
}

/// Own sums run over a fixed grid, but oneDNN may split a product's sum between threads: equal to
/// rounding, and equal to the bit for one number of threads.
TEST_P(Equivalence, Threads) {
  const int threads = thread_count();
  const Sets large{"model.hidden=128", "model.context=96", "batch.sequences=8"};  // worth splitting
  const auto train = [&](int count) {
    set_thread_count(count);
    DeviceProfile profile = device();
    profile.threads = thread_count();
    return losses(*toy_learner(toy_config(GetParam().text, GetParam().sets, large), profile), 3);
  };
  const auto one = train(1), two = train(2), again = train(2);
  set_thread_count(threads);
  EXPECT_EQ(two, again);
  ErrorTable(fmt::format("{} on one thread and two", GetParam().name), GetParam().bound)
      .add("losses", worst_error(two, one));
}

TEST_P(Equivalence, ArenaOfRubbish) {
  const Config config = toy_config(GetParam().text, GetParam().sets, {"batch.accumulate=2"});
  const auto clean = toy_learner(config, device()), dirty = toy_learner(config, device());
  for (int64_t step = 0; step < 2; ++step) {
    const double loss = clean->step(step).loss;
    dirty->session().fill_arena(std::byte{0xff});  // NaN in every float
    EXPECT_EQ(dirty->step(step).loss, loss);
  }
  EXPECT_EQ(all_parameters(*clean), all_parameters(*dirty));
}

/// The head by chunks of rows against its composite over all rows, each with its gradient.
TEST_P(Equivalence, ChunkedHead) {
  const Config config = toy_config(GetParam().text, GetParam().sets);
  Program program;
  Graph graph("step");
  const auto parameters = shipped_models().of(config).build(graph, config, {.training = true});
  graph = expand_for_grad(graph);
  std::vector<Value> wrt;
  for (const Parameter& p : parameters) {
    wrt.push_back(graph.input(p.name));
    program.declare({p.name, {DType::f32, p.shape}, StateKind::parameter});
  }
  const auto gradients = add_gradients(graph, graph.handle(graph.output("loss").value), wrt);
  for (size_t i = 0; i < wrt.size(); ++i)
    graph.add_output("grad/" + parameters[i].name, gradients[i]);
  program.add(std::move(graph));
  const Program lowered = apply_precision(program, config.precision.compute);
  const Graph& step = lowered.graphs()[0];

  Tensors inputs;
  const auto learner = toy_learner(config, device());
  for (const Port& port : step.inputs()) {
    inputs[port.name] = Tensor(step.value(port.value).type);
    if (port.kind == PortKind::data) continue;
    const auto state = learner->session().state<std::byte>(port.name);
    std::memcpy(inputs[port.name].bytes(), state.data(), state.size());
  }
  const Feed feed = ToyBatches(config).update(0)[0];
  for (const auto& [name, values] : feed.integers)
    std::copy(values.begin(), values.end(), inputs.at(name).data<int32_t>());
  for (const auto& [name, values] : feed.reals)
    std::copy(values.begin(), values.end(), inputs.at(name).data<float>());

  const Tensors whole = evaluate(step, inputs, device());
  for (int64_t rows : {7, 16, 1000}) {
    const Tensors chunked = evaluate(chunk(step, rows), inputs, device());
    ErrorTable table(fmt::format("{} with a head of {} rows", GetParam().name, rows),
                     GetParam().bound);
    for (const auto& [name, value] : whole)
      if (!name.ends_with("attention.k.bias"))
        table.add(name, mean_error(chunked.at(name).values(), value.values()));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Equivalence,
    ::testing::Values(
        Case{"gpt", kToyGpt, {}, 2e-5},
        Case{"gpt_llama",
             kToyGpt,
             {"model.positions=rotary", "model.norm=rms", "model.activation=silu_gated",
              "model.bias=false", "model.kv_heads=2", "model.tied_head=false",
              "data.documents=stream"},
             2e-5},
        Case{"gpt_dropout", kToyGpt, {"model.dropout=0.2", "model.attention_dropout=0.3"}, 2e-5},
        Case{"gpt_bf16", kToyGpt, {"precision.compute=bf16"}, 0.02},
        Case{"bert", kToyBert, {}, 2e-5},
        Case{"bert_dropout", kToyBert, {"model.dropout=0.2", "model.attention_dropout=0.3"}, 2e-5},
        Case{"bert_bf16", kToyBert, {"precision.compute=bf16"}, 0.02}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tessera::testing
