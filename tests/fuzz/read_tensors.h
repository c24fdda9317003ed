// What targets do with files of tensors that loaded: every tensor is read whole and in two parts.
#pragma once

#include <bit>
#include <vector>

#include "framework/core/error.h"
#include "framework/formats/foreign_tensors.h"

namespace tessera {

inline void read_all_tensors(const ForeignTensors& tensors) {
  for (const std::string& name : tensors.names()) {
    check(tensors.contains(name), "'{}' is listed and not there", name);
    try {
      const int64_t count = numel(tensors.tensor(name).shape);
      std::vector<float> whole(static_cast<size_t>(count)), parts(whole.size());
      tensors.read(name, 0, whole);
      const auto first = static_cast<size_t>(count / 3);
      tensors.read(name, 0, std::span(parts).first(first));
      tensors.read(name, static_cast<int64_t>(first), std::span(parts).subspan(first));
      for (size_t i = 0; i < whole.size(); ++i)
        check(std::bit_cast<uint32_t>(whole[i]) == std::bit_cast<uint32_t>(parts[i]),
              "'{}' reads differently in parts", name);
    } catch (const UserError&) {  // a type that is not read; the next tensor may be
    }
  }
}

}  // namespace tessera
