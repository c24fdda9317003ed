// Prints what a model of another program computes for one sequence of ids, as the plain graph has it:
//
//   model_outputs SOURCE OUT.safetensors < IDS
//
// OUT holds all outputs of the probe, such as "logits" at every position. For comparing real models
// with other programs (real_models).
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <vector>

#include "framework/assembly/device.h"
#include "framework/assembly/probe.h"
#include "framework/core/error.h"
#include "framework/formats/safetensors_writer.h"
#include "launch/source.h"

namespace tessera {
namespace {

void write_outputs(const std::string& named, const std::string& out) {
  std::vector<int32_t> ids;
  for (int32_t id = 0; std::cin >> id;) ids.push_back(id);
  require(ids.size() > 1, "standard input holds no two ids");
  const ModelSource source = open_source(named, {});
  require(source.config.task.type == TaskConfig::Type::pretrain,
          "{} is a classifier; `tessera predict` tells what it computes", named);
  Config config = source.config;
  if (!config.model.vocab) config.model.vocab = source.require_tokenizer()->vocab_size();
  const Tensors outputs =
      probe(shipped_models(), config, *source.tensors, ids, make_device(config.device)->profile());
  SafetensorsWriter writer(std::map<std::string, std::string>{});
  for (const auto& [name, tensor] : outputs)
    if (tensor.type().dtype == DType::f32) writer.declare(name, tensor.type());
  writer.create(out);
  for (const auto& [name, tensor] : outputs)
    if (tensor.type().dtype == DType::f32)
      writer.write(name, {static_cast<const std::byte*>(tensor.bytes()), tensor.type().bytes()});
  writer.finish();
}

}  // namespace
}  // namespace tessera

int main(int count, char** words) {
  if (count != 3) {
    fmt::print(stderr, "model_outputs SOURCE OUT.safetensors < IDS\n");
    return 2;
  }
  try {
    tessera::write_outputs(words[1], words[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "model_outputs: {}\n", error.what());
    return 1;
  }
  return 0;
}
