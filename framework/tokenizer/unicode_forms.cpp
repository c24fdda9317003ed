// Normalization forms (The Unicode Standard, section 3.11, and Annex #15).
#include <algorithm>
#include <iterator>
#include <vector>

#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera::normal_form {
namespace {

/// Two characters in a row that NFC and NFKC join.
struct Composition {
  char32_t first, second, made;
};

#include "framework/tokenizer/unicode/normal_form_9.inc"

// Flags of a character.
constexpr uint8_t kNfdChanges = 1, kNfkdChanges = 2, kNfcChanges = 4, kNfkcChanges = 8;
constexpr uint8_t kSecond = 16;  // may be joined with what stands before it
constexpr uint8_t kCombines = 32, kStripped = 64;

/// A form: the flags of characters that must be looked at, and what is done about them.
struct Form {
  uint8_t changes;
  bool compatible, composed;
};
constexpr Form kNfd{kNfdChanges, false, false}, kNfc{kNfcChanges | kSecond, false, true},
    kNfkd{kNfkdChanges, true, false}, kNfkc{kNfkcChanges | kSecond, true, true};

struct Hangul {  // The Unicode Standard, section 3.12
  static constexpr char32_t kSyllable = 0xac00, kLead = 0x1100, kVowel = 0x1161, kTail = 0x11a7;
  static constexpr char32_t kLeads = 19, kVowels = 21, kTails = 28;
  static constexpr char32_t kSyllables = kLeads * kVowels * kTails;
};

struct Letter {
  char32_t point;
  uint8_t combining;  // the rank of its canonical combining class
};

uint8_t flags(char32_t point) {
  return kFormFlagsBlocks[size_t{kFormFlagsIndex[point >> 7]} << 7 | (point & 0x7f)];
}
uint8_t combining_class(char32_t point) {
  return kCombiningClassBlocks[size_t{kCombiningClassIndex[point >> 7]} << 7 | (point & 0x7f)];
}

void decompose(char32_t point, bool compatible, std::vector<Letter>& letters) {
  if (point - Hangul::kSyllable < Hangul::kSyllables) {
    const char32_t syllable = point - Hangul::kSyllable;
    const char32_t tail = syllable % Hangul::kTails;
    letters.push_back({Hangul::kLead + syllable / (Hangul::kTails * Hangul::kVowels), 0});
    letters.push_back({Hangul::kVowel + syllable / Hangul::kTails % Hangul::kVowels, 0});
    if (tail != 0) letters.push_back({Hangul::kTail + tail, 0});
    return;
  }
  const size_t at = point & 0x3f;
  const uint16_t place = compatible
                             ? kCompatibleBlocks[size_t{kCompatibleIndex[point >> 6]} << 6 | at]
                             : kCanonicalBlocks[size_t{kCanonicalIndex[point >> 6]} << 6 | at];
  if (place == 0) {
    letters.push_back({point, combining_class(point)});
    return;
  }
  for (char32_t i = 1; i <= kDecompositions[place]; ++i) {
    const char32_t part = kDecompositions[place + i];
    letters.push_back({part, combining_class(part)});
  }
}

/// Puts the marks of every character into the order of their classes.
void order_marks(std::vector<Letter>& letters) {
  for (auto from = letters.begin(); from != letters.end();) {
    if (from->combining == 0) {
      ++from;
      continue;
    }
    const auto to = std::find_if(from, letters.end(), [](Letter l) { return l.combining == 0; });
    std::stable_sort(from, to, [](Letter a, Letter b) { return a.combining < b.combining; });
    from = to;
  }
}

/// What two characters make, or 0.
char32_t joined(char32_t first, char32_t second) {
  if (first - Hangul::kLead < Hangul::kLeads && second - Hangul::kVowel < Hangul::kVowels) {
    return Hangul::kSyllable +
           ((first - Hangul::kLead) * Hangul::kVowels + second - Hangul::kVowel) * Hangul::kTails;
  }
  const char32_t syllable = first - Hangul::kSyllable, tail = second - Hangul::kTail;
  if (syllable < Hangul::kSyllables && syllable % Hangul::kTails == 0 && tail > 0 &&
      tail < Hangul::kTails) {
    return first + tail;
  }
  const auto found = std::lower_bound(
      std::begin(kCompositions), std::end(kCompositions), 0, [&](const Composition& c, int) {
        return c.first < first || (c.first == first && c.second < second);
      });
  if (found == std::end(kCompositions)) return 0;
  return found->first == first && found->second == second ? found->made : 0;
}

/// Joins every character with the starter before it where nothing of its class or a higher one
/// stands between.
void compose(std::vector<Letter>& letters) {
  size_t kept = 0, starter = 0;
  bool has_starter = false;
  for (size_t i = 0; i < letters.size(); ++i) {
    const Letter letter = letters[i];
    const bool beside = kept > 0 && starter + 1 == kept;
    if (has_starter && (beside || letters[kept - 1].combining < letter.combining)) {
      if (const char32_t made = joined(letters[starter].point, letter.point)) {
        letters[starter].point = made;
        continue;
      }
    }
    if (letter.combining == 0) {
      starter = kept;
      has_starter = true;
    }
    letters[kept++] = letter;
  }
  letters.resize(kept);
}

/// Where the text stops having the form: the start of the last character before that place which
/// nothing behind it changes. The size of the text if it has the form.
size_t first_change(std::string_view text, size_t from, Form form) {
  size_t safe = from;
  uint8_t before = 0;
  for (size_t at = from; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      before = 0;
      safe = at++;
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    const uint8_t flag = flags(point.value);
    if ((flag & form.changes) != 0) return safe;
    const uint8_t combining = (flag & kCombines) != 0 ? combining_class(point.value) : 0;
    if (combining != 0 && combining < before) return safe;
    if (combining == 0) safe = at;
    before = combining;
    at += point.bytes;
  }
  return text.size();
}

void make(std::string& text, Form form) {
  size_t from = first_change(text, 0, form);
  if (from == text.size()) return;
  std::string made = text.substr(0, from);
  std::vector<Letter> letters;
  while (from < text.size()) {
    letters.clear();
    bool changed = false;  // past the place that had to change
    while (from < text.size()) {
      const CodePoint point = decode_utf8(text, from);
      const uint8_t flag = flags(point.value);
      const bool ends = (flag & (form.changes | kCombines)) == 0;
      if (ends && changed) break;
      changed = changed || !ends;
      decompose(point.value, form.compatible, letters);
      from += point.bytes;
    }
    order_marks(letters);
    if (form.composed) compose(letters);
    for (const Letter letter : letters) append_utf8(letter.point, made);
    const size_t next = first_change(text, from, form);
    made.append(text, from, next - from);
    from = next;
  }
  text = std::move(made);
}

std::string form_of(std::string_view text, Form form) {
  std::string made(text);
  make(made, form);
  return made;
}

}  // namespace

std::string nfd(std::string_view text) { return form_of(text, kNfd); }
std::string nfc(std::string_view text) { return form_of(text, kNfc); }
std::string nfkd(std::string_view text) { return form_of(text, kNfkd); }
std::string nfkc(std::string_view text) { return form_of(text, kNfkc); }
void make_nfd(std::string& text) { make(text, kNfd); }
void make_nfc(std::string& text) { make(text, kNfc); }
void make_nfkd(std::string& text) { make(text, kNfkd); }
void make_nfkc(std::string& text) { make(text, kNfkc); }
bool is_mark(char32_t point) { return (flags(point) & kStripped) != 0; }

}  // namespace tessera::normal_form
