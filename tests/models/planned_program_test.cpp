// Whole training programs, planned, against evaluate: the same bits in every result and state, over
// several runs, with an arena that is filled with NaN before each. What the planner shares, reuses
// and overwrites shows nowhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "framework/assembly/assemble.h"
#include "framework/config/parse.h"
#include "framework/runtime/evaluate.h"
#include "framework/runtime/session.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"

namespace tessera {
namespace {

class PlannedProgram {
 public:
  PlannedProgram(Program program, const DeviceProfile& profile)
      : program_(program),
        profile_(profile),
        session_(compile(std::move(program), profile), host_device(profile)) {
    for (const State& s : program_.states()) {
      states_[s.name] = s.kind == StateKind::parameter ? drawn(s.type) : Tensor(s.type);
      session_.upload(session_.state(s.name), bytes_of(states_[s.name]));
    }
  }

  bool has(std::string_view name) const {
    for (const Graph& g : program_.graphs())
      if (g.name() == name) return true;
    return false;
  }

  void run(std::string_view name) {
    SCOPED_TRACE(name);
    const Graph* graph = nullptr;
    for (const Graph& g : program_.graphs())
      if (g.name() == name) graph = &g;
    ASSERT_NE(graph, nullptr);
    session_.fill_arena(std::byte{0xff});
    Tensors in = states_;
    for (const Port& port : graph->inputs())
      if (port.kind == PortKind::data)
        write(*graph, port, in[port.name] = drawn(graph->value(port.value).type));
    const Tensors out = evaluate(*graph, in, profile_);
    session_.run(name);
    for (const Port& port : graph->outputs()) {
      const Tensor& expected = out.at(port.name);
      if (port.kind == PortKind::state)
        states_[port.name] = expected;
      else
        EXPECT_TRUE(equal(session_.output<std::byte>(name, port.name), expected))
            << port.name.str();
    }
    for (const State& s : program_.states())
      EXPECT_TRUE(equal(session_.state<std::byte>(s.name), states_.at(s.name))) << s.name;
  }

  const Tensors& states() const { return states_; }

 private:
  static std::span<const std::byte> bytes_of(const Tensor& tensor) {
    return {static_cast<const std::byte*>(tensor.bytes()), tensor.type().bytes()};
  }
  static bool equal(const HostValues<std::byte>& got, const Tensor& expected) {
    return std::ranges::equal(got, bytes_of(expected));
  }
  /// Integers are 0 or 1, which every table has a row for; numbers are of moderate size.
  Tensor drawn(const TensorType& type) {
    std::vector<double> values;
    for (int64_t i = 0; i < type.numel(); ++i)
      values.push_back(is_float(type.dtype)
                           ? std::uniform_real_distribution<double>(0.1, 0.5)(engine_)
                           : static_cast<double>(engine_() % 2));
    return Tensor::of<double>(type.dtype, type.shape, values);
  }
  void write(const Graph& graph, const Port& port, const Tensor& value) {
    session_.upload(session_.input(graph.name(), port.name), bytes_of(value));
  }

  Program program_;
  DeviceProfile profile_;
  Session session_;
  std::mt19937_64 engine_{7};
  Tensors states_;
};

void compare(const std::string& model, std::vector<std::string> sets) {
  const std::string text = "model:\n  type: " + model +
                           "\n  layers: 2\n  hidden: 32\n  heads: 2\n  context: 16\n  vocab: 50\n"
                           "batch:\n  sequences: 4\n  length: 16\n";
  const Config config = parse_config(shipped_models().kinds(), text, "toy.yaml", sets);
  Program program = assemble_training(shipped_models(), config, 50).program;
  PlannedProgram planned(std::move(program), testing::device());
  if (planned.has("refresh")) planned.run("refresh");
  for (int step = 0; step < 2; ++step) {
    if (planned.has("step")) {
      planned.run("step");
    } else {
      planned.run("first");
      planned.run("micro");
      planned.run("update");
    }
    planned.run("evaluate");
  }
  EXPECT_EQ(planned.states().at("step").item(), 2) << "the updates were not applied";
}

TEST(PlannedProgram, GptEqualsEvaluate) { compare("gpt", {}); }
TEST(PlannedProgram, GptInBf16) { compare("gpt", {"precision.compute=bf16"}); }
TEST(PlannedProgram, GptWithMicroSteps) {
  compare("gpt", {"batch.accumulate=2"});
  compare("gpt", {"batch.accumulate=2", "precision.compute=bf16"});
}
TEST(PlannedProgram, GptRecomputed) {
  compare("gpt", {"recompute.policy=selective"});
  compare("gpt", {"recompute.policy=full", "precision.compute=bf16"});
}
TEST(PlannedProgram, GptOfTheOtherKind) {
  compare("gpt",
          {"model.positions=rotary", "model.norm=rms", "model.activation=silu_gated",
           "model.tied_head=false", "model.kv_heads=1", "model.bias=false", "model.dropout=0.1"});
}
TEST(PlannedProgram, BertEqualsEvaluate) {
  compare("bert", {"model.next_sentence=true", "data.sentence_pairs=true"});
  compare("bert", {"precision.compute=bf16", "batch.accumulate=2", "recompute.policy=full"});
}
TEST(PlannedProgram, Sgd) {
  compare("gpt", {"optimizer.type=sgd", "optimizer.momentum=0.9", "batch.accumulate=2"});
}

}  // namespace
}  // namespace tessera
