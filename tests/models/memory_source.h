// Tensors in memory: a second kind of source beside checkpoints.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "framework/checkpoint/tensor_source.h"

namespace tessera::testing {

class MemorySource : public TensorSource {
 public:
  std::map<std::string, std::pair<TensorType, std::vector<std::byte>>> tensors;
  int64_t bytes_read = 0;

  std::string title() const override { return "memory"; }
  std::map<std::string, std::string> metadata() const override { return {{"kind", "test"}}; }
  std::vector<std::string> names() const override {
    std::vector<std::string> out;
    for (const auto& [name, tensor] : tensors) out.push_back(name);
    return out;
  }
  bool contains(const std::string& name) const override { return tensors.contains(name); }
  const TensorType& type(const std::string& name) const override { return tensors.at(name).first; }
  void read(const std::string& name, const Box& box, void* destination) override {
    const auto& [type, bytes] = tensors.at(name);
    const Box whole = Box::whole(type.shape);
    bytes_read += static_cast<int64_t>(TensorType{type.dtype, box.shape()}.bytes());
    std::memset(destination, 0, TensorType{type.dtype, box.shape()}.bytes());
    if (const auto common = intersect(whole, box))
      copy_box(*common, whole, bytes.data(), box, destination, size_of(type.dtype));
  }
};

}  // namespace tessera::testing
