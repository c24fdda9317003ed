// GGUF files byte by byte, right ones and wrong ones.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tessera {

template <typename Number>
std::string little(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

inline std::string gguf_text(std::string_view text) {
  return little(uint64_t{text.size()}).append(text);
}

struct GgufBytes {
  uint32_t version = 3;
  uint64_t key_count = 0, tensor_count = 0;
  std::string keys = {}, tensors = {}, data = {};

  GgufBytes& key(std::string_view name, uint32_t type, std::string_view value) {
    keys += gguf_text(name) + little(type);
    keys += value;
    ++key_count;
    return *this;
  }
  /// `dims` are in the order of the file: the fastest first.
  GgufBytes& tensor(std::string_view name, std::initializer_list<uint64_t> dims, uint32_t type,
                    uint64_t offset) {
    tensors += gguf_text(name) + little(static_cast<uint32_t>(dims.size()));
    for (const uint64_t dim : dims) tensors += little(dim);
    tensors += little(type) + little(offset);
    ++tensor_count;
    return *this;
  }
  std::string file(size_t alignment = 32) const {
    std::string all =
        "GGUF" + little(version) + little(tensor_count) + little(key_count) + keys + tensors;
    all.resize((all.size() + alignment - 1) / alignment * alignment);
    return all + data;
  }
};

}  // namespace tessera
