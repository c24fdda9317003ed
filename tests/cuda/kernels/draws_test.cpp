// What CUDA kernels draw is what the CPU draws, bit for bit: masks of dropout, first values of
// parameters.
#include <gtest/gtest.h>

#include "framework/device/cpu/profile.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/case.h"
#include "tests/ops/compare.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

void expect_bits_of_cpu(const std::string& op, const std::vector<Operand>& in, const Attrs& attrs,
                        DType dtype) {
  SCOPED_TRACE(to_string(attrs));
  std::vector<TensorType> types;
  Tensors inputs;
  for (const Operand& operand : in) {
    const std::string name = fmt::format("in{}", types.size());
    types.push_back(operand.type(dtype));
    inputs[name] = operand.draw(dtype, name);
  }
  const Graph graph = forward_graph(op_of(op), types, attrs);
  expect_same_bits(evaluate_emulated(graph, inputs), evaluate(graph, inputs, cpu_profile()), op);
}

Attrs dropping(double rate) { return {{"rate", rate}, {"seed", 12345}, {"stream", "h.3"}}; }

Attrs part_of_whole(Attrs attrs, Shape whole, Shape origin) {
  attrs.set("whole", std::move(whole));
  attrs.set("origin", std::move(origin));
  return attrs;
}

TEST(CudaDraws, DropoutHasTheMaskOfTheCpu) {
  const Operand step = integers({}, 0, 1000), part = integers({}, 0, 5);
  for (DType dtype : {DType::f32, DType::bf16})
    for (double rate : {0.0, 0.1, 0.5, 0.999}) {
      for (int64_t n : {1, 7, 8, 9, 5003})
        expect_bits_of_cpu("dropout", {real({n}), step}, dropping(rate), dtype);
      expect_bits_of_cpu("dropout", {real({33}), step, part}, dropping(rate), dtype);
      expect_bits_of_cpu("dropout", {real({3, 5, 16}), step, part},
                         part_of_whole(dropping(rate), {9, 5, 64}, {6, 0, 16}), dtype);
      expect_bits_of_cpu("dropout", {real({3, 5}), step},
                         part_of_whole(dropping(rate), {4, 9}, {1, 3}), dtype);
    }
}

TEST(CudaDraws, FirstValuesAreThoseOfTheCpu) {
  if (cpu_profile().isa < Isa::avx2)
    GTEST_SKIP() << "without fused multiply-adds the CPU rounds otherwise (docs/cuda-kernels.md)";
  const auto attrs = [](Shape shape) {
    return Attrs{{"std", 0.02}, {"seed", 7}, {"stream", "gpt.wte"}, {"shape", std::move(shape)}};
  };
  for (const Shape& shape : {Shape{}, {1}, {7}, {300007}, {129, 33}})
    expect_bits_of_cpu("random_normal", {}, attrs(shape), DType::f32);
  expect_bits_of_cpu("random_normal", {}, part_of_whole(attrs({20, 16}), {64, 48}, {40, 32}),
                     DType::f32);
  // The part reaches beyond the whole.
  expect_bits_of_cpu("random_normal", {}, part_of_whole(attrs({20, 16}), {50, 48}, {40, 40}),
                     DType::f32);
}

}  // namespace
}  // namespace tessera
