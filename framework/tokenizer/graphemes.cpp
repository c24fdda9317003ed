#include "framework/tokenizer/graphemes.h"

#include <cstdint>

#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

#include "framework/tokenizer/unicode/grapheme_17.inc"

enum class Kind : uint8_t {
  other,
  carriage_return,
  line_feed,
  control,
  extend,
  joiner,
  regional,
  prepend,
  spacing,
  lead,
  vowel,
  tail,
  lead_vowel,
  lead_vowel_tail,
  pictograph
};
/// A character's part in conjuncts of Indic scripts.
enum class Conjunct : uint8_t { none, consonant, linker, extend };

struct Class {
  Kind kind;
  Conjunct conjunct;
};

Class class_of(char32_t point) {
  const uint8_t both = kGraphemeBlocks[size_t{kGraphemeIndex[point >> 7]} << 7 | (point & 0x7f)];
  return {Kind{static_cast<uint8_t>(both & 15)}, Conjunct{static_cast<uint8_t>(both >> 4)}};
}

bool is_control(Kind kind) {
  return kind == Kind::control || kind == Kind::carriage_return || kind == Kind::line_feed;
}

bool joins_syllable(Kind before, Kind next) {
  switch (before) {
    case Kind::lead:
      return next == Kind::lead || next == Kind::vowel || next == Kind::lead_vowel ||
             next == Kind::lead_vowel_tail;
    case Kind::lead_vowel:
    case Kind::vowel:
      return next == Kind::vowel || next == Kind::tail;
    case Kind::lead_vowel_tail:
    case Kind::tail:
      return next == Kind::tail;
    default:
      return false;
  }
}

/// What the rules ask of a cluster so far.
class Cluster {
 public:
  explicit Cluster(Class first) { add(first); }

  /// Whether no boundary is before `next` (rules GB3 to GB13 of the annex).
  bool goes_on(Class next) const {
    if (before_ == Kind::carriage_return && next.kind == Kind::line_feed) return true;
    if (is_control(before_) || is_control(next.kind)) return false;
    if (next.kind == Kind::extend || next.kind == Kind::joiner || next.kind == Kind::spacing)
      return true;
    if (before_ == Kind::prepend || joins_syllable(before_, next.kind)) return true;
    if (linked_ && next.conjunct == Conjunct::consonant) return true;
    if (pictograph_ && before_ == Kind::joiner && next.kind == Kind::pictograph) return true;
    return odd_regional_ && next.kind == Kind::regional;
  }

  void add(Class next) {
    if (next.conjunct == Conjunct::none) consonant_ = false;
    if (next.conjunct == Conjunct::consonant) consonant_ = true;
    linked_ = consonant_ &&
              (next.conjunct == Conjunct::linker || (linked_ && next.conjunct == Conjunct::extend));
    if (next.kind == Kind::pictograph)
      pictograph_ = true;
    else if (next.kind != Kind::extend && next.kind != Kind::joiner)
      pictograph_ = false;
    else if (before_ == Kind::joiner)
      pictograph_ = false;
    odd_regional_ = next.kind == Kind::regional && !odd_regional_;
    before_ = next.kind;
  }

 private:
  Kind before_ = Kind::other;
  bool consonant_ = false, linked_ = false;  // a consonant, and a linker since, with no break
  bool pictograph_ = false;                  // a pictograph, extended, and joined at most once
  bool odd_regional_ = false;
};

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

}  // namespace

size_t grapheme_end(std::string_view text, size_t at) {
  size_t end = at + 1;
  if (is_ascii(text[at]) && (end == text.size() || (is_ascii(text[end]) && text[at] != '\r')))
    return end;
  const CodePoint first = decode_utf8(text, at);
  Cluster cluster(class_of(first.value));
  end = at + first.bytes;
  while (end < text.size()) {
    const CodePoint point = decode_utf8(text, end);
    const Class next = class_of(point.value);
    if (!cluster.goes_on(next)) break;
    cluster.add(next);
    end += point.bytes;
  }
  return end;
}

}  // namespace tessera
