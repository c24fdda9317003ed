// What PyTorch computes (tests/golden/ops, made by tests/golden/make_ops.py): values and gradients
// on both backends.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "framework/device/cpu/profile.h"
#include "framework/formats/safetensors_reader.h"
#include "tests/ops/compare.h"
#include "tests/ops/run_op.h"
#include "tests/places.h"

namespace tessera {
namespace {

// The files hold f64 results rounded once; a gradient is a few f32 steps.
constexpr Tolerance kValues{1e-5, 2e-6}, kGradients{2e-5, 5e-6}, kBf16{1.0 / 128, 1.0 / 256};

std::filesystem::path folder() { return std::filesystem::path(source_dir()) / "tests/golden/ops"; }

std::vector<std::string> golden_ops() {
  std::vector<std::string> ops;
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    if (entry.path().extension() == ".safetensors") ops.push_back(entry.path().stem());
  std::sort(ops.begin(), ops.end());
  return ops;
}

Attrs attrs_of(const nlohmann::json& json) {
  Attrs attrs;
  for (const auto& [name, value] : json.items()) {
    if (value.is_boolean())
      attrs.set(name, value.get<bool>());
    else if (value.is_number_integer())
      attrs.set(name, value.get<int64_t>());
    else if (value.is_number())
      attrs.set(name, value.get<double>());
    else if (value.is_string())
      attrs.set(name, value.get<std::string>());
    else
      attrs.set(name, value.get<std::vector<int64_t>>());
  }
  return attrs;
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  Golden() : file_(folder() / (GetParam() + ".safetensors")) {}

  Tensor tensor(const std::string& name) const {
    Tensor out(file_.type(name));
    std::memcpy(out.bytes(), file_.bytes(name).data(), out.type().bytes());
    return out;
  }

  void run(const nlohmann::json& entry, const DeviceProfile& profile) const {
    const std::string name = entry.at("name");
    const OpDef& op = op_of(entry.at("op"));
    const Attrs attrs = attrs_of(entry.at("attrs"));
    std::vector<TensorType> in;
    Tensors inputs;
    for (size_t i = 0; i < entry.at("n_in"); ++i) {
      inputs[fmt::format("in{}", i)] = tensor(fmt::format("{}/in{}", name, i));
      in.push_back(inputs.at(fmt::format("in{}", i)).type());
    }
    const std::vector<size_t> wrt = entry.at("differentiable");
    std::vector<size_t> loss_of;
    for (size_t i = 0; i < entry.at("n_out"); ++i)
      if (file_.contains(fmt::format("{}/dout{}", name, i))) loss_of.push_back(i);
    const Graph graph =
        wrt.empty() ? forward_graph(op, in, attrs) : gradient_graph(op, in, attrs, wrt, loss_of);
    for (const Port& port : graph.inputs()) {
      if (!port.name.str().starts_with("dout")) continue;
      const TensorType& type = graph.value(port.value).type;
      // Cotangents of bf16 results are bf16 in the file.
      const Tensor stored = tensor(name + "/" + port.name);
      inputs[port.name] = Tensor::of<double>(type.dtype, type.shape, stored.values());
    }
    const Tensors got = evaluate(graph, inputs, profile);
    const double scale = wrt.empty() ? 0 : scale_of(inputs);
    const auto compare = [&](const std::string& output, Tolerance tolerance) {
      const Tensor want = tensor(name + "/" + output);
      if (want.type().dtype == DType::bf16) tolerance = kBf16;
      expect_close(got.at(output), want, tolerance, output, scale);
    };
    for (size_t i = 0; i < entry.at("n_out"); ++i) compare(fmt::format("out{}", i), kValues);
    for (size_t i : wrt) compare(fmt::format("din{}", i), kGradients);
  }

  SafetensorsReader file_;
};

TEST_P(Golden, PyTorchGivesTheSame) {
  const auto entries = nlohmann::json::parse(file_.metadata().at("cases"));
  ASSERT_FALSE(entries.empty());
  for (const auto& entry : entries)
    for (const DeviceProfile& profile : {reference_profile(), cpu_profile()}) {
      SCOPED_TRACE(entry.at("name").get<std::string>() + " on " + profile.backend);
      run(entry, profile);
    }
}

INSTANTIATE_TEST_SUITE_P(Ops, Golden, testing::ValuesIn(golden_ops()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tessera
