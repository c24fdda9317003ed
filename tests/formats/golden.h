// The files of tests/golden/formats, and what gguf, safetensors and torch read from them.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "framework/formats/foreign_tensors.h"
#include "framework/formats/safetensors_tensors.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {

inline fs::path golden_path(const std::string& name) {
  return fs::path(source_dir()) / "tests/golden/formats" / name;
}

inline std::vector<float> all_of(const ForeignTensors& tensors, const std::string& name) {
  std::vector<float> numbers(static_cast<size_t>(numel(tensors.tensor(name).shape)));
  tensors.read(name, 0, numbers);
  return numbers;
}

/// Bits, so that NaN and the sign of zero count.
inline std::vector<uint32_t> bits_of(const std::vector<float>& numbers) {
  std::vector<uint32_t> bits;
  for (const float number : numbers) bits.push_back(std::bit_cast<uint32_t>(number));
  return bits;
}

/// Compares all tensors of `expected.safetensors` called `prefix`/NAME with those of `tensors`, read
/// whole and in uneven pieces; returns how many there are.
inline int expect_golden(const ForeignTensors& tensors, const std::string& prefix) {
  const SafetensorsTensors expected(golden_path("expected.safetensors"));
  int compared = 0;
  for (const std::string& full : expected.names()) {
    if (!full.starts_with(prefix + "/")) continue;
    const std::string name = full.substr(prefix.size() + 1);
    SCOPED_TRACE(name);
    if (!tensors.contains(name)) {
      ADD_FAILURE() << "missing";
      continue;
    }
    EXPECT_EQ(tensors.tensor(name).shape, expected.tensor(full).shape);
    const std::vector<float> want = all_of(expected, full);
    EXPECT_EQ(bits_of(all_of(tensors, name)), bits_of(want));
    for (size_t first = 0, step = 1; first < want.size(); first += step, step = step * 2 + 1) {
      std::vector<float> piece(std::min(step, want.size() - first));
      tensors.read(name, static_cast<int64_t>(first), piece);
      const auto begin = want.begin() + static_cast<std::ptrdiff_t>(first);
      EXPECT_EQ(bits_of(piece), bits_of({begin, begin + static_cast<std::ptrdiff_t>(piece.size())}))
          << first;
    }
    ++compared;
  }
  return compared;
}

}  // namespace tessera
