#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/sentence_piece_normalizer.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

// A unit of the double array: the label in the low byte and the top bit (which leaves have), a flag
// for a leaf among the children, and the offset to the children, which are found by exclusive or.
constexpr uint32_t kLeafBit = 1U << 31, kLabelMask = kLeafBit | 0xffU;
// Known rules replace fewer than 20 bytes, and make 33 at most.
constexpr size_t kMostRuleBytes = 256, kMostMadeBytes = 4096;
constexpr size_t kMostMatches = 32;  // sentencepiece looks at the shortest 32 rules that fit

uint32_t label_of(uint32_t unit) { return unit & kLabelMask; }
bool is_leaf(uint32_t unit) { return (unit & kLeafBit) != 0; }
bool has_leaf(uint32_t unit) { return (unit >> 8 & 1) != 0; }
uint32_t offset_of(uint32_t unit) { return unit >> 10 << ((unit & 1U << 9) >> 6); }
uint32_t value_of(uint32_t unit) { return unit & ~kLeafBit; }

uint32_t word_at(std::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t i = 4; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

}  // namespace

Charsmap::Charsmap(std::string_view bytes, const std::string& what) {
  require(bytes.size() > 4, "{}: the charsmap has {} bytes, fewer than its header", what,
          bytes.size());
  const size_t trie_bytes = word_at(bytes, 0);
  require(trie_bytes < bytes.size() - 4,
          "{}: the charsmap's trie has {} bytes, but only {} are there; the file is damaged", what,
          trie_bytes, bytes.size() - 4);
  require(trie_bytes >= 1024 && trie_bytes % 1024 == 0,
          "{}: the charsmap's trie has {} bytes, no multiple of 1024; the file is damaged", what,
          trie_bytes);
  texts_ = bytes.substr(4 + trie_bytes);
  require(texts_.back() == '\0' && is_utf8(texts_),
          "{}: the charsmap's texts are no UTF-8 closed by a zero byte; the file is damaged", what);
  units_.resize(trie_bytes / 4);
  for (size_t i = 0; i < units_.size(); ++i) units_[i] = word_at(bytes, 4 + i * 4);
  for (size_t i = 0; i < units_.size(); ++i) {
    const uint32_t unit = units_[i];
    const bool fits =
        is_leaf(unit) ? i != 0 && value_of(unit) < texts_.size() &&
                            (static_cast<unsigned char>(texts_[value_of(unit)]) & 0xc0U) != 0x80
                      : ((i ^ offset_of(unit)) | 0xff) < units_.size() &&
                            (!has_leaf(unit) || (i != 0 && is_leaf(units_[i ^ offset_of(unit)])));
    require(fits, "{}: unit {} of the charsmap's trie leads out of it; the file is damaged", what,
            i);
  }
}

Charsmap::Match Charsmap::longest(std::string_view text, size_t at) const {
  if (empty()) return {};
  uint32_t node = offset_of(units_[0]);
  uint32_t found = 0;  // the unit of the text
  size_t bytes = 0;
  size_t matches = 0, end = at;
  const size_t limit = std::min(text.size(), at + kMostRuleBytes);
  for (; end < limit && matches < kMostMatches; ++end) {
    const auto byte = static_cast<unsigned char>(text[end]);
    const uint32_t unit = units_[node ^ byte];
    if (label_of(unit) != byte) break;
    node ^= byte ^ offset_of(unit);
    if (!has_leaf(unit)) continue;
    ++matches;
    found = node;
    bytes = end + 1 - at;
  }
  require(
      end < at + kMostRuleBytes,
      "the model's charsmap has rules for more than {} bytes of a text; it is damaged, take the "
      "file from its source again",
      kMostRuleBytes - 1);
  if (bytes == 0) return {};
  const std::string_view made = std::string_view(texts_).substr(value_of(units_[found]));
  const size_t length = made.substr(0, kMostMadeBytes + 1).find('\0');
  require(
      length != made.npos,
      "the model's charsmap has a rule that makes more than {} bytes; it is damaged, take the file "
      "from its source again",
      kMostMadeBytes);
  return {bytes, made.substr(0, length)};
}

bool Charsmap::keeps(unsigned char byte) const {
  if (empty()) return true;
  const uint32_t node = offset_of(units_[0]) ^ byte;
  const uint32_t unit = units_[node];
  if (label_of(unit) != byte) return true;
  if (has_leaf(unit)) return false;
  for (uint32_t next = 0; next < 128; ++next)
    if (label_of(units_[node ^ offset_of(unit) ^ next]) == next) return false;
  return true;
}

bool Charsmap::any_replaces_space() const {
  for (const uint32_t unit : units_)
    if (label_of(unit) == ' ') return true;
  return false;
}

}  // namespace tessera
