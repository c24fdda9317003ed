#include "framework/tokenizer/unigram_memory.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace tessera {
namespace {

constexpr float kStep = 0.25;  // exact in float, and so are the differences

}  // namespace

UnigramMemory::UnigramMemory(size_t bytes)
    : shift_(64 - std::clamp(static_cast<int>(std::bit_width(bytes / 16)), 4, kLineBits)) {
  if (shift_ < 50) numbers_.reserve(kMostNumbers);
  lines_.resize(size_t{1} << (64 - shift_));
}

/// A key that no short word has.
WordKey UnigramMemory::long_key(std::string_view word) {
  return {XXH3_64bits(word.data(), word.size()), uint64_t{0xff} << 56 | word.size()};
}

/// Whether a long word's spelling, which lies in front of its numbers, is this.
bool UnigramMemory::is_spelled(const Word& known, std::string_view word) const {
  const size_t numbers = (word.size() + sizeof(int32_t) - 1) / sizeof(int32_t);
  return std::memcmp(numbers_.data() + known.ids.numbers - numbers, word.data(), word.size()) == 0;
}

const UnigramMemory::Word& UnigramMemory::keep(const Query& query, const Numbers& numbers,
                                               Word what) {
  const std::string_view word = query.word;
  if (word.size() > WordKey::kMostBytes) {
    const size_t at = numbers_.size();
    numbers_.resize(at + (word.size() + sizeof(int32_t) - 1) / sizeof(int32_t));
    std::memcpy(numbers_.data() + at, word.data(), word.size());
  }
  what.ids.numbers = static_cast<uint32_t>(numbers_.size());
  what.ids.count = static_cast<uint32_t>(numbers.ids.size());
  what.exit_count = static_cast<uint16_t>(numbers.exits.size());
  if (numbers.ids.size() <= what.ids.first.size())
    std::copy(numbers.ids.begin(), numbers.ids.end(), what.ids.first.begin());
  else
    numbers_.insert(numbers_.end(), numbers.ids.begin(), numbers.ids.end());
  for (const Exit& exit : numbers.exits) {
    numbers_.push_back(std::bit_cast<int32_t>(exit.onward));
    numbers_.push_back(std::bit_cast<int32_t>(exit.before));
    numbers_.push_back(std::bit_cast<int32_t>(exit.rise));
    numbers_.push_back(exit.begin);
  }
  // Scores to the end are bounds, so a byte each will do: a number of steps below the largest.
  const float largest = *std::max_element(numbers.to_end.begin(), numbers.to_end.end());
  numbers_.push_back(std::bit_cast<int32_t>(largest));
  const size_t at = numbers_.size();
  numbers_.resize(at + (word.size() + 3) / 4);
  auto* const bytes = reinterpret_cast<unsigned char*>(numbers_.data() + at);
  for (size_t i = 0; i < word.size(); ++i)
    bytes[i] = static_cast<unsigned char>(
        std::clamp(std::floor((largest - numbers.to_end[i]) / kStep), 0.0F, 255.0F));
  Line& line = lines_[query.line];
  line[1] = line[0];
  line[0] = {query.key, what};
  return line[0].word;
}

float UnigramMemory::to_end(const Word& word, size_t place) const {
  const int32_t* const numbers = numbers_.data() + exits_at(word) + kExitNumbers * word.exit_count;
  const auto steps = reinterpret_cast<const unsigned char*>(numbers + 1)[place];
  return std::bit_cast<float>(*numbers) - static_cast<float>(steps) * kStep;
}

void UnigramMemory::make_room() {
  if (numbers_.size() < kMostNumbers) return;
  numbers_.clear();
  std::fill(lines_.begin(), lines_.end(), Line{});
}

}  // namespace tessera
