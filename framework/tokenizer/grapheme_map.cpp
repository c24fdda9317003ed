#include "framework/tokenizer/grapheme_map.h"

#include <bit>
#include <cstring>
#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/graphemes.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr std::string_view kAdvice =
    "the normalizer's charsmap is damaged: {}; take the tokenizer file from its source again";

/// A unit of a double array in the form of the library Darts-clone.
struct Unit {
  uint32_t word;

  bool has_value() const { return (word >> 8 & 1) != 0; }
  uint32_t value() const { return word & 0x7fffffff; }
  uint32_t label() const { return word & 0x800000ff; }
  uint32_t offset() const { return word >> 10 << ((word & 0x200) >> 6); }
};

}  // namespace

GraphemeMap::GraphemeMap(std::string_view charsmap) {
  static_assert(std::endian::native == std::endian::little);
  uint32_t bytes = 0;
  require(charsmap.size() >= sizeof bytes, kAdvice, "it has no size");
  std::memcpy(&bytes, charsmap.data(), sizeof bytes);
  charsmap.remove_prefix(sizeof bytes);
  require(bytes <= charsmap.size() && bytes % sizeof(uint32_t) == 0 && bytes > 0, kAdvice,
          fmt::format("its trie of {} bytes does not fit the {} that are there", bytes,
                      charsmap.size()));
  units_.resize(bytes / sizeof(uint32_t));
  std::memcpy(units_.data(), charsmap.data(), bytes);
  texts_ = charsmap.substr(bytes);
  require(is_utf8(texts_), kAdvice, "its texts are not UTF-8");
}

std::optional<std::string_view> GraphemeMap::rule(std::string_view part) const {
  size_t node = Unit{units_[0]}.offset();
  for (const char byte : part) {
    const auto label = static_cast<unsigned char>(byte);
    if (label == 0) return std::nullopt;
    node ^= label;
    if (node >= units_.size()) return std::nullopt;
    const Unit unit{units_[node]};
    if (unit.label() != label) return std::nullopt;
    node ^= unit.offset();
    if (!unit.has_value()) continue;
    if (node >= units_.size()) return std::nullopt;
    const size_t begin = Unit{units_[node]}.value();
    if (begin >= texts_.size()) return std::nullopt;
    require((static_cast<unsigned char>(texts_[begin]) & 0xc0U) != 0x80, kAdvice,
            "a rule's text begins inside a character");
    return std::string_view(texts_).substr(begin, texts_.find('\0', begin) - begin);
  }
  return std::nullopt;
}

void GraphemeMap::apply(std::string& text, size_t most) const {
  constexpr size_t kLongestWhole = 5;
  std::string made;
  size_t copied = 0;
  const auto replace = [&](size_t begin, size_t end, std::string_view by) {
    made.append(text, copied, begin - copied);
    require(made.size() + by.size() <= most, kAdvice,
            fmt::format("it makes more than {} bytes of a text", most));
    made += by;
    copied = end;
  };
  for (size_t at = 0, end = 0; at < text.size(); at = end) {
    end = grapheme_end(text, at);
    if (end - at <= kLongestWhole) {
      if (const auto by = rule(std::string_view(text).substr(at, end - at))) {
        replace(at, end, *by);
        continue;
      }
    }
    for (size_t i = at; i < end;) {
      const size_t next = i + decode_utf8(text, i).bytes;
      if (const auto by = rule(std::string_view(text).substr(i, next - i))) replace(i, next, *by);
      i = next;
    }
  }
  if (copied == 0) return;
  made.append(text, copied);
  text = std::move(made);
}

}  // namespace tessera
