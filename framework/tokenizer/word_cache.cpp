#include "framework/tokenizer/word_cache.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>

namespace tessera {

WordCache::WordCache(size_t bytes)
    : bytes_(bytes),
      shift_(64 - std::clamp(static_cast<int>(std::bit_width(bytes / 16)), 4, kLineBits)),
      short_(size_t{1} << (64 - shift_)),
      long_(std::max<size_t>(4, short_.size() / 4)) {}

bool WordCache::find_long(std::string_view word, std::vector<int32_t>& ids) const {
  if (word.size() > kLongestBytes) return false;
  const uint64_t hash = XXH3_64bits(word.data(), word.size());
  const Long& entry = long_[hash & (long_.size() - 1)];
  if (entry.hash != hash || entry.word != word) return false;
  ids.insert(ids.end(), entry.ids.begin(), entry.ids.end());
  return true;
}

void WordCache::keep(std::string_view word, std::span<const int32_t> ids) {
  if (word.empty() || word.size() > kLongestBytes) return;
  if (word.size() <= kShortBytes && ids.size() <= 3) {
    const WordKey key(word, word.data() + word.size());
    Line& line = short_[key.place(shift_)];
    line[1] = line[0];
    line[0].key = key;
    line[0].count = static_cast<uint32_t>(ids.size());
    std::copy(ids.begin(), ids.end(), line[0].ids.begin());
    return;
  }
  const uint64_t hash = XXH3_64bits(word.data(), word.size());
  long_[hash & (long_.size() - 1)] = {hash, std::string(word), {ids.begin(), ids.end()}};
}

}  // namespace tessera
