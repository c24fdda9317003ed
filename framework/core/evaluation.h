// Evaluation: what was measured on the held-out part of the data.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tessera {

using NamedNumbers = std::vector<std::pair<std::string, double>>;

struct Evaluation {
  double loss = 0;
  NamedNumbers figures;  // bits_per_byte, masked_accuracy, …
};

}  // namespace tessera
