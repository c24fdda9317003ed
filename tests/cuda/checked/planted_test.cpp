// Mistakes that are planted in the kernels, one at a time: each must be reported, with the kernel,
// the place and the lines, whatever the results are.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cuda/emulator/machine.h"
#include "tests/cuda/run_graph/run_graph.h"
#include "tests/ops/case.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

struct Planted {
  const char* mistake;
  std::string op;
  std::vector<Operand> in;
  Attrs attrs;
  std::vector<std::string> words;  // of one report
  DType dtype = DType::f32;
};

class CudaPlanted : public testing::TestWithParam<Planted> {
 protected:
  ~CudaPlanted() override {
    emulator::plant(nullptr);
    emulator::set_order(emulator::Order::forward);
  }

  std::vector<std::string> reports(emulator::Order order) {
    const Planted& planted = GetParam();
    Tensors inputs;
    std::vector<TensorType> types;
    for (const Operand& operand : planted.in) {
      const std::string name = fmt::format("in{}", types.size());
      types.push_back(operand.type(planted.dtype));
      inputs[name] = operand.draw(planted.dtype, name);
    }
    emulator::set_order(order);
    evaluate_emulated(forward_graph(op_of(planted.op), types, planted.attrs), inputs);
    return emulator::take_reports();
  }
};

TEST_P(CudaPlanted, IsReportedInEveryOrder) {
  const Planted& planted = GetParam();
  using enum emulator::Order;
  for (const auto order : {forward, reverse, random}) {
    emulator::plant(nullptr);
    EXPECT_EQ(reports(order), std::vector<std::string>());
    emulator::plant(planted.mistake);
    const auto found = reports(order);
    const bool told = std::any_of(found.begin(), found.end(), [&](const std::string& report) {
      return std::all_of(planted.words.begin(), planted.words.end(), [&](const std::string& word) {
        return report.find(word) != std::string::npos;
      });
    });
    EXPECT_TRUE(told) << fmt::format("{}", fmt::join(found, "\n"));
  }
}

std::ostream& operator<<(std::ostream& out, const Planted& planted) {
  return out << planted.mistake;
}

const Attrs kEps{{"eps", 1e-5}};
const std::vector<Operand> kNorm{real({3, 520}), single({520}), single({520})};
const std::vector<Operand> kNormGrad{real({3, 520}), single({520}), single({3}), single({3}),
                                     real({3, 520})};
const std::vector<Operand> kLoss{real({3, 520}), indices({3}, 520), single({3})};
const std::vector<Operand> kLossGrad{real({3, 520}), indices({3}, 520), single({3}), single({3}),
                                     single({3})};

const Attrs kMask{{"causal", true}, {"window", int64_t{0}}, {"scale", 0.5}};
const std::vector<Operand> kAttention(3, real({1, 70, 2, 16}));
const std::vector<Operand> kAttentionGrad{real({1, 70, 2, 16}), real({1, 70, 2, 16}),
                                          real({1, 70, 2, 16}), real({1, 70, 2, 16}),
                                          single({1, 2, 70}),   real({1, 70, 2, 16})};

INSTANTIATE_TEST_SUITE_P(
    Kernels, CudaPlanted,
    testing::ValuesIn(std::vector<Planted>{
        {"norm_reads_past_gain",
         "layer_norm",
         kNorm,
         kEps,
         {"norm: OUT OF BOUNDS of in1", "read by thread", "of block", ".cu:"}},
        {"norm_writes_one_mean",
         "layer_norm",
         kNorm,
         kEps,
         {"norm: RACE on out1[0]: write by thread 0 of block 1 at norms.cu:",
          "not ordered with write by thread 0 of block 0 at norms.cu:"}},
        {"reduce_overwrites",
         "layer_norm",
         kNorm,
         kEps,
         {"norm: RACE on shared memory[", "write by", "read by", "block_reduce.h:"}},
        {"reduce_reads_early",
         "layer_norm",
         kNorm,
         kEps,
         {"norm: RACE on shared memory[", "block_reduce.h:"}},
        {"reduce_half_waits",
         "layer_norm",
         kNorm,
         kEps,
         {"norm: DIVERGENCE in block 0", "block_reduce.h:"}},
        {"norm_grad_reads_early",
         "layer_norm_grad",
         kNormGrad,
         {},
         {"norm_grad_weights: RACE on shared memory[", "norms.cu:"}},
        {"reduce_reads_early",
         "cross_entropy",
         kLoss,
         {},
         {"cross_entropy: UNINITIALISED shared memory[", "cross_entropy.cu:"}},
        {"reduce_half_waits",
         "cross_entropy",
         kLoss,
         {},
         {"cross_entropy: DIVERGENCE in block 0", "block_reduce.h:"}},
        {"cross_entropy_all_write",
         "cross_entropy",
         kLoss,
         {},
         {"cross_entropy: RACE on out0[", "write by", "cross_entropy.cu:"}},
        {"cross_entropy_reads_next_row",
         "cross_entropy_grad",
         kLossGrad,
         {},
         {"cross_entropy_grad: OUT OF BOUNDS of in0", ".cu:"}},
        {"attention_reads_early",
         "attention",
         kAttention,
         kMask,
         {"attention: ", "shared memory[", "attention.cu:"}},
        {"attention_grad_overwrites",
         "attention_grad",
         kAttentionGrad,
         kMask,
         {"attention_grad_keys: RACE on shared memory[", "attention_tiles.h:", "attention.cu:"}},
        {"attention_mma_overwrites",
         "attention",
         kAttention,
         kMask,
         {"attention_mma: RACE on shared memory[", "attention_products.h:", "attention_mma.cu:"},
         DType::bf16},
        {"attention_mma_keys_overwrite",
         "attention_grad",
         kAttentionGrad,
         kMask,
         {"attention_mma_keys: RACE on shared memory[", "attention_mma_grad.cu:"},
         DType::bf16},
        {"reduce_rows_without_barrier",
         "sum",
         {real({3, 520})},
         {{"dims", Shape{1}}},
         {"reduce_rows: RACE on shared memory[", "reduce.cu:"}},
        {"embedding_grad_counts_early",
         "embedding_grad",
         {indices({300}, 5), real({300, 8})},
         {{"vocab", int64_t{5}}},
         {"embedding_grad: ", "shared memory[", "embedding.cu:"}},
    }),
    [](const auto& info) { return info.param.op + "_" + info.param.mistake; });

}  // namespace
}  // namespace tessera
