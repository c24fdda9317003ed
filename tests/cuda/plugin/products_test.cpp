// Matrix products and dense layers as the plug-in asks cuBLASLt for them, on a double that computes
// by loops and refuses what the documentation refuses: every case of the ops in f32 and bf16
// against the reference.
#include <gtest/gtest.h>

#include "framework/device/cuda/cuda_device.h"
#include "framework/graph/op_def.h"
#include "framework/kernels/cuda/library.h"
#include "framework/kernels/cuda/shared/cublaslt.h"
#include "framework/kernels/cuda/shared/matmul_rate.h"
#include "tests/cuda/doubles/streams.h"
#include "tests/ops/compare.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

/// The card of these tests, with scratch memory for one kernel at a time.
struct Workbench {
  std::shared_ptr<Device> device = cuda::make_cuda_device({}, cuda::cuda_kernels());
  Stream stream{*device};
  Buffer scratch{*device, cuda::Product::kScratchBytes + (size_t{1} << 20)};

  /// One op: operands go up, results come down. With `in_place` the result takes the memory of the
  /// last operand.
  Tensors run(const std::string& op, const Graph& graph, const Attrs& attrs,
              const std::vector<TensorType>& in, const Tensors& inputs, bool in_place) {
    std::vector<TensorType> out;
    for (const Port& port : graph.outputs()) out.push_back(graph.value(port.value).type);
    const Kernel kernel = cuda::cuda_kernel(op)({op, attrs, in, out, device->profile()});
    std::vector<Buffer> memory;
    const auto place = [&](size_t bytes) -> void* {
      // Nothing is aligned better than a plan aligns it.
      memory.emplace_back(*device, bytes + kAlignment);
      return memory.back().data() + kAlignment;
    };
    std::vector<void*> from, to;
    for (size_t i = 0; i < in.size(); ++i) {
      from.push_back(place(in[i].bytes()));
      stream.upload(from[i], inputs.at(fmt::format("in{}", i)).bytes(), in[i].bytes());
    }
    for (const TensorType& type : out) to.push_back(place(type.bytes()));
    if (in_place) to[0] = from.back();
    EXPECT_LE(kernel.scratch_bytes + kAlignment, scratch.size());
    const int64_t done = doubles::progress().done;
    kernel.run({from.data(), to.data(), scratch.data() + kAlignment, &stream});
    EXPECT_EQ(doubles::progress().done, done) << "the kernel waited for the card";
    Tensors results;
    for (size_t i = 0; i < out.size(); ++i) {
      Tensor& result = results[fmt::format("out{}", i)] = Tensor(out[i]);
      stream.download(result.bytes(), to[i], out[i].bytes());
    }
    return results;
  }
};

class CudaProducts : public ::testing::TestWithParam<OpCases> {};

TEST_P(CudaProducts, GiveWhatTheReferenceGives) {
  const OpCases& op = GetParam();
  Workbench bench;
  int ran = 0;
  for (size_t which = 0; which < op.cases.size(); ++which)
    for (const DType real : {DType::f32, DType::bf16}) {
      const Case& c = op.cases[which];
      if (!cuda::has_form(op.op, c.attrs) || (real == DType::bf16 && !c.bf16)) continue;
      SCOPED_TRACE(fmt::format("case {} in {}", which, real));
      const Drawn drawn = draw(op, which, real);
      if (drawn.types[0].dtype == DType::f64) continue;
      const Graph graph = forward_graph(op_of(op.op), drawn.types, c.attrs);
      const Tensors want = evaluate(graph, drawn.inputs, reference_profile());
      const Tolerance tolerance =
          (real == DType::f32 ? Tolerance{2e-5, 4e-6} : Tolerance{1.0 / 64, 1.0 / 128}) *
          c.tolerance;
      expect_close(bench.run(op.op, graph, c.attrs, drawn.types, drawn.inputs, false), want,
                   tolerance, "out");
      if (c.attrs.flag("accumulate"))
        expect_close(bench.run(op.op, graph, c.attrs, drawn.types, drawn.inputs, true), want,
                     tolerance, "out");
      ++ran;
    }
  EXPECT_GT(ran, 8);
}

std::vector<OpCases> products() {
  std::vector<OpCases> cases;
  for (const OpCases& op : registered_cases())
    if (op.op == "matmul" || op.op == "linear") cases.push_back(op);
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Ops, CudaProducts, ::testing::ValuesIn(products()),
                         [](const auto& info) { return info.param.op; });

std::string error_of(const cuda::ProductForm& form) {
  try {
    const cuda::Product product(form);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(CudaProduct, WhatTheLibraryLacksIsRefused) {
  const cuda::ProductForm form{
      .m = 2, .n = 3, .k = 4, .operands = DType::f32, .result = DType::f32};
  EXPECT_EQ(error_of(form), "");
  cuda::ProductForm other = form;
  other.operands = other.result = DType::f64;
  EXPECT_NE(error_of(other).find("no matmul of f64"), std::string::npos) << error_of(other);
  other = form;
  other.result = DType::bf16;
  EXPECT_NE(error_of(other).find("no matmul of f32 to bf16"), std::string::npos);
  other = form;
  other.batch = int64_t{1} << 31;
  EXPECT_NE(error_of(other).find("at most 2^31 matrices"), std::string::npos);
  other = form;
  other.batch = 2;  // whose results would lie on each other
  EXPECT_NE(error_of(other).find("has no algorithm for a product (2 x 4) · (4 x 3)"),
            std::string::npos)
      << error_of(other);
}

TEST(CudaProduct, RateIsMeasured) {
  EXPECT_THROW(cuda::matmul_gflops(DType::i32, 0.001), UserError);
}

TEST(CudaForms, AnActivationComesLast) {
  const auto takes = [](const Attrs& attrs) { return cuda::has_form("linear", attrs); };
  EXPECT_TRUE(takes({}));
  EXPECT_TRUE(takes({{"residual", true}}));
  EXPECT_TRUE(takes({{"activation", std::string("gelu_tanh")}, {"save_preactivation", true}}));
  EXPECT_FALSE(takes({{"activation", std::string("gelu_tanh")}, {"residual", true}}));
  EXPECT_FALSE(takes({{"activation", std::string("silu")}}));
  EXPECT_FALSE(takes({{"save_preactivation", true}}));
  EXPECT_TRUE(cuda::has_form("matmul", {}));
}

}  // namespace
}  // namespace tessera
