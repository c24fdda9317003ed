#include "framework/tokenizer/word_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

constexpr size_t kFirstSlots = 1024;
constexpr size_t kChunk = size_t{64} << 10;

}  // namespace

void WordTable::add(std::string_view word, uint64_t count) {
  if (count == 0) return;
  if (size_ * 2 >= slots_.size()) grow();
  const uint64_t hash = XXH3_64bits(word.data(), word.size());
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.count == 0) {
      slot = {.hash = hash, .count = count, .text = keep(word), .length = word.size()};
      ++size_;
      return;
    }
    if (slot.hash == hash && slot.length == word.size() &&
        std::memcmp(slot.text, word.data(), word.size()) == 0) {
      slot.count += count;
      return;
    }
  }
}

size_t WordTable::bytes_to_add(size_t next) const {
  const size_t slots = size_ * 2 >= slots_.size() ? std::max(kFirstSlots, 2 * slots_.size()) : 0;
  return bytes() + slots * sizeof(Slot) + (next > free_bytes_ ? std::max(next, kChunk) : 0);
}

std::vector<WordCount> WordTable::sorted() const {
  std::vector<WordCount> words;
  words.reserve(size_);
  for (const Slot& slot : slots_)
    if (slot.count != 0) words.push_back({{slot.text, slot.length}, slot.count});
  std::ranges::sort(words, {}, &WordCount::word);
  return words;
}

void WordTable::clear() { *this = WordTable(); }

void WordTable::grow() {
  std::vector<Slot> old(std::max(kFirstSlots, 2 * slots_.size()));
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.count == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].count != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

const char* WordTable::keep(std::string_view word) {
  if (word.size() > free_bytes_) {
    const size_t bytes = std::max(word.size(), kChunk);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    chunk_bytes_ += bytes;
    if (bytes > kChunk) {  // a chunk of its own; the last one is used on
      std::memcpy(chunks_.back().get(), word.data(), word.size());
      return chunks_.back().get();
    }
    free_ = chunks_.back().get();
    free_bytes_ = bytes;
  }
  if (!word.empty()) std::memcpy(free_, word.data(), word.size());
  const char* text = free_;
  free_ += word.size();
  free_bytes_ -= word.size();
  return text;
}

}  // namespace tessera
