#include "framework/train/initialize.h"

#include <algorithm>

#include "framework/core/random.h"
#include "framework/core/threads.h"

namespace tessera {

void initialize(const Parameter& parameter, uint64_t seed, std::span<float> values) {
  check(static_cast<int64_t>(values.size()) == numel(parameter.shape),
        "'{}' has {} elements, not {}", parameter.name, numel(parameter.shape), values.size());
  switch (parameter.init) {
    case Parameter::Init::zeros:
      std::fill(values.begin(), values.end(), 0.0F);
      return;
    case Parameter::Init::ones:
      std::fill(values.begin(), values.end(), 1.0F);
      return;
    case Parameter::Init::normal:
      break;
  }
  const Random random(seed, parameter.name);
  const auto std = static_cast<float>(parameter.std);
  parallel_for(static_cast<int64_t>(values.size()), 4096, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i)
      values[static_cast<size_t>(i)] = std * random.normal(0, static_cast<uint64_t>(i));
  });
}

}  // namespace tessera
