// Whole training programs of small models through the emulated kernels: first values have the CPU's
// bits, and a step, an evaluation and the accumulation of gradients give what the reference backend
// gives. Products, which cuBLASLt computes on a card, are computed by reference kernels.
#include <gtest/gtest.h>

#include "framework/assembly/assemble.h"
#include "framework/config/parse.h"
#include "framework/device/cpu/profile.h"
#include "models/model.h"
#include "tests/cuda/emulator/machine.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/case.h"
#include "tests/ops/compare.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

/// Numbers of moderate size; integers are 0 or 1, which every table has a row for.
Tensors drawn_inputs(const Graph& graph) {
  Tensors inputs;
  for (const Port& port : graph.inputs()) {
    const TensorType& type = graph.value(port.value).type;
    const Operand operand =
        is_float(type.dtype) ? uniform(type.shape, 0.1, 0.5) : integers(type.shape, 0, 2);
    const std::vector<double> values = operand.draw(type.dtype, port.name).values();
    inputs[port.name] = Tensor::of<double>(type.dtype, type.shape, values);
  }
  return inputs;
}

Program program_of(const std::string& model, std::vector<std::string> sets) {
  const std::string text = "model:\n  type: " + model +
                           "\n  layers: 2\n  hidden: 24\n  heads: 2\n  context: 12\n  vocab: 50\n"
                           "  dropout: 0.1\nbatch:\n  sequences: 4\n  length: 12\n";
  const Config config = parse_config(shipped_models().kinds(), text, "toy.yaml", sets);
  return assemble_training(shipped_models(), config, 50).program;
}

void compare(const std::string& model, const std::vector<std::string>& sets) {
  SCOPED_TRACE(fmt::format("{} {}", model, fmt::join(sets, " ")));
  const Program program = program_of(model, sets);
  for (const Graph& graph : program.graphs()) {
    SCOPED_TRACE(graph.name());
    const Tensors inputs = drawn_inputs(graph);
    const Tensors got = evaluate_emulated(graph, inputs);
    if (graph.name() == "initialize") {
      if (cpu_profile().isa >= Isa::avx2)
        expect_same_bits(got, evaluate(graph, inputs, cpu_profile()), "first values");
      continue;
    }
    const bool bf16 = std::find(sets.begin(), sets.end(), "precision.compute=bf16") != sets.end();
    const Tolerance tolerance = bf16 ? Tolerance{0.02, 0.02} : Tolerance{1e-4, 2e-5};
    Tensors want = evaluate(graph, inputs, reference_profile());
    Tensors gradients;
    for (const auto& [name, tensor] : want)
      if (name.ends_with("@grad")) gradients[name] = tensor;
    // Of gradients that cancel only the size of the others tells how exact they can be.
    const double scale = scale_of(gradients);
    for (const auto& [name, tensor] : want)
      expect_close(got.at(name), tensor, tolerance, name, gradients.contains(name) ? scale : 0);
  }
  for (const std::string& report : emulator::take_reports()) ADD_FAILURE() << report;
}

TEST(CudaStep, Gpt) {
  compare("gpt", {});
  compare("gpt", {"precision.compute=bf16", "recompute.policy=selective"});
  compare("gpt", {"batch.accumulate=2", "optimizer.type=sgd"});
  compare("gpt", {"model.norm=rms", "model.positions=rotary", "model.activation=silu_gated"});
}

TEST(CudaStep, Bert) {
  compare("bert", {});
  compare("bert", {"precision.compute=bf16"});
}

}  // namespace
}  // namespace tessera
