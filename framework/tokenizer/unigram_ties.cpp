#include "framework/tokenizer/unigram_ties.h"

#include <xxhash.h>

#include <bit>
#include <cmath>
#include <cstring>

namespace tessera {
namespace {

/// The exponent of a score, and whether it is an even multiple of its u.
int32_t level_of(float score) {
  const auto bits = std::bit_cast<uint32_t>(score);
  return static_cast<int32_t>((bits >> 23 & 0xffU) * 2 + (bits & 1U));
}

/// Scores that may be remembered: negative, and neither too small nor too large for their u.
bool has_level(float score) { return score < -0x1p-60F && score > -0x1p60F; }

bool stays(float score, UnigramTies::Range range) {
  const float low = -std::exp2(static_cast<float>(std::ilogb(score)));
  return score + range.most <= low && score + range.least > 2 * low;
}

uint64_t hash_of(std::string_view word, int32_t level) {
  return XXH3_64bits_withSeed(word.data(), word.size(), static_cast<uint64_t>(level));
}

size_t numbers_of(size_t bytes) { return (bytes + sizeof(int32_t) - 1) / sizeof(int32_t); }

}  // namespace

bool UnigramTies::find(std::string_view word, float score, Known& known) const {
  if (slots_.empty() || !has_level(score)) return false;
  const int32_t level = level_of(score);
  const uint64_t hash = hash_of(word, level);
  const Slot& slot = slots_[hash % kSlots];
  if (slot.hash != hash || slot.size != word.size() || slot.level != level ||
      !stays(score, slot.range) ||
      std::memcmp(numbers_.data() + slot.words, word.data(), word.size()) != 0)
    return false;
  known.ids = {numbers_.data() + slot.words + numbers_of(word.size()), slot.id_count};
  known.after = score + slot.change;
  return true;
}

void UnigramTies::keep(std::string_view word, float score, std::span<const int32_t> ids,
                       float after, Range range) {
  if (!has_level(score) || !stays(score, range) || word.empty()) return;
  if (numbers_.size() > kMostNumbers) {
    numbers_.clear();
    slots_.clear();
  }
  slots_.resize(kSlots);
  const int32_t level = level_of(score);
  const uint64_t hash = hash_of(word, level);
  const size_t at = numbers_.size();
  numbers_.resize(at + numbers_of(word.size()));
  std::memcpy(numbers_.data() + at, word.data(), word.size());
  numbers_.insert(numbers_.end(), ids.begin(), ids.end());
  slots_[hash % kSlots] = {hash,
                           static_cast<uint32_t>(at),
                           static_cast<uint32_t>(word.size()),
                           static_cast<uint32_t>(ids.size()),
                           level,
                           after - score,
                           range};
}

}  // namespace tessera
