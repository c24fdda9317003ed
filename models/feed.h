// Feed: the data inputs of one run of a graph, by name: what a batch looks like to a model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/mesh/box.h"

namespace tessera {

struct Feed {
  std::vector<std::pair<std::string, std::vector<int32_t>>> integers;
  std::vector<std::pair<std::string, std::vector<float>>> reals;
  /// The rows that the feed holds of every input but scalars; empty: all.
  Range rows = {};

  /// An input by name; nullptr where the feed has none of that name.
  const std::vector<int32_t>* find_integers(std::string_view name) const {
    return find(integers, name);
  }
  const std::vector<float>* find_reals(std::string_view name) const { return find(reals, name); }

 private:
  template <typename T>
  static const std::vector<T>* find(
      const std::vector<std::pair<std::string, std::vector<T>>>& inputs, std::string_view name) {
    for (const auto& [key, values] : inputs)
      if (key == name) return &values;
    return nullptr;
  }
};

}  // namespace tessera
