#include "framework/tokenizer/regex_class.h"

#include <string>

#include "framework/tokenizer/regex_properties.h"

namespace tessera {
namespace {

constexpr int kDeepest = 100;
constexpr char32_t kLongS = 0x17f, kKelvin = 0x212a;  // fold to s and k
constexpr char32_t kIota = 0x345;                     // the one mark that folds to a letter

bool is_letter(char32_t point) {
  return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

char32_t other_case(char32_t point) { return point ^ 0x20; }

/// What has another case beyond the letters: Roman numerals, circled letters, the iota below.
const CharacterSet& other_cased() {
  static const CharacterSet set({{kIota, kIota}, {0x2160, 0x217f}, {0x24b6, 0x24e9}});
  return set;
}

std::string escape_name(char32_t point) { return "\\" + to_utf8(point); }

/// The hexadecimal digits of \x or \u.
char32_t read_hexadecimal(RegexReader& reader, size_t least, size_t most) {
  const bool braces = reader.take("{");
  std::string digits;
  if (braces) {
    digits = reader.take_until("}");
  } else {
    while (!reader.done() && digits.size() < most &&
           std::string_view("0123456789abcdefABCDEF").find(reader.rest()[0]) !=
               std::string_view::npos)
      digits.push_back(static_cast<char>(reader.take()));
  }
  if (digits.empty() || digits.size() > 8 || (!braces && digits.size() < least) ||
      digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    reader.wrong("hexadecimal digits are missing");
  const auto point = static_cast<char32_t>(std::stoul(digits, nullptr, 16));
  if (point > CharacterSet::kLast || (point >= 0xd800 && point < 0xe000))
    reader.wrong("there is no such character");
  if (reader.oniguruma() && !braces && most == 2 && point >= 0x80)
    reader.refuse("a byte of a character, such as \\xe9,");
  return point;
}

/// \p{...} or \P{...}, of which "p" or "P" has been read.
CharacterSet read_property(RegexReader& reader, bool negated) {
  std::string name;
  if (reader.take("{")) {
    if (reader.take("^")) negated = !negated;
    name = reader.take_until("}");
  } else if (reader.oniguruma()) {
    reader.refuse("\\p without braces");
  } else {
    name = to_utf8(reader.take());
  }
  const std::optional<CharacterSet> set = property_set(name, reader.dialect());
  if (!set) reader.refuse(fmt::format("the property \\p{{{}}}", name));
  return negated ? set->complement() : *set;
}

/// [:name:] inside brackets, or nothing when no such thing stands here.
std::optional<CharacterSet> read_posix(RegexReader& reader) {
  if (!reader.sees("[:")) return std::nullopt;
  const size_t end = reader.rest().find(":]");
  if (end == std::string_view::npos) return std::nullopt;
  reader.take("[:");
  const bool negated = reader.take("^");
  const std::string name(reader.take_until(":]"));
  const std::optional<CharacterSet> set = posix_set(name, reader.dialect());
  if (!set) reader.refuse(fmt::format("the class [:{}:]", name));
  return negated ? set->complement() : *set;
}

class ClassParser {
 public:
  ClassParser(RegexReader& reader, bool fold) : reader_(reader), fold_(fold) {}

  CharacterSet parse(int depth) {
    if (depth > kDeepest) reader_.refuse("nesting this deep");
    const bool negated = reader_.take("^");
    CharacterSet set = parse_union(depth, true);
    while (!reader_.take("]")) {
      if (reader_.take("&&")) {
        set.intersect(parse_union(depth, false));
      } else if (reader_.take("--")) {
        set.intersect(parse_union(depth, false).complement());
      } else {
        reader_.refuse("'~~' inside a class");
      }
    }
    if (fold_ && depth == 0) set = fold_case(reader_, set);
    return negated ? set.complement() : set;
  }

 private:
  bool at_operator() const {
    return reader_.sees("&&") ||
           (!reader_.oniguruma() && (reader_.sees("--") || reader_.sees("~~")));
  }

  CharacterSet parse_union(int depth, bool first) {
    std::vector<CharacterSet::Range> ranges;
    CharacterSet set;
    if (first && reader_.take("]")) {
      if (reader_.oniguruma() && reader_.rest().find(']') == std::string_view::npos)
        reader_.wrong("a class is empty");
      read_range(']', ranges);
    }
    // At the beginning '-' stands for itself.
    for (;; first = false) {
      if (reader_.done()) reader_.wrong("a class does not end");
      if (reader_.sees("]")) break;
      if (!(first && reader_.sees("--")) && at_operator()) break;
      if (auto posix = read_posix(reader_)) {
        set.unite(*posix);
      } else if (reader_.take("[")) {
        ClassParser inner(reader_, false);
        set.unite(inner.parse(depth + 1));
      } else if (const auto escaped = read_class_escape()) {
        set.unite(*escaped);
        refuse_range_after_set();
      } else {
        read_range(read_character(), ranges);
      }
    }
    set.unite(CharacterSet(std::move(ranges)));
    return set;
  }

  void refuse_range_after_set() {
    if (reader_.sees("-") && !reader_.sees("-]") && !reader_.sees("--"))
      reader_.wrong("'-' after a class has no meaning; write \\-");
  }

  std::optional<CharacterSet> read_class_escape() {
    const size_t place = reader_.place();
    if (!reader_.take("\\")) return std::nullopt;
    auto set = read_set_escape(reader_, true);
    if (!set) reader_.go_back(place);
    return set;
  }

  char32_t read_character() {
    if (!reader_.take("\\")) return reader_.take();
    if (reader_.take("b")) return '\b';
    return read_character_escape(reader_);
  }

  void read_range(char32_t first, std::vector<CharacterSet::Range>& ranges) {
    char32_t last = first;
    const bool ends = reader_.sees("-]") || (!reader_.oniguruma() && reader_.sees("--"));
    if (!ends && reader_.take("-")) {
      if (reader_.sees("[") || read_class_escape())
        reader_.wrong("a range ends with a class; write \\-");
      last = read_character();
      if (last < first) reader_.wrong("a range goes backwards");
    }
    ranges.push_back({first, last});
  }

  RegexReader& reader_;
  bool fold_;
};

}  // namespace

CharacterSet fold_case(RegexReader& reader, const CharacterSet& set) {
  const CharacterSet letters = *property_set("Cased_Letter", reader.dialect());
  CharacterSet cased = set;
  cased.intersect(letters);
  CharacterSet all = set;
  if (cased == letters) {
    all.unite(CharacterSet(kIota, kIota));
    return all;
  }
  if (set.contains(kIota)) reader.refuse("a class with U+0345 where case is ignored");
  for (const CharacterSet::Range& range : cased.ranges()) {
    if (range.last >= 0x80)
      reader.refuse("a class with letters beyond ASCII where case is ignored");
    for (char32_t point = range.first; point <= range.last; ++point)
      all.unite(character_set(reader, point, true));
  }
  return all;
}

CharacterSet character_set(RegexReader& reader, char32_t point, bool fold) {
  CharacterSet set(point, point);
  if (!fold || !is_letter(point)) {
    if (fold && point >= 0x80 &&
        (other_cased().contains(point) ||
         property_set("Cased_Letter", reader.dialect())->contains(point)))
      reader.refuse("a letter beyond ASCII where case is ignored");
    return set;
  }
  set.unite(CharacterSet(other_case(point), other_case(point)));
  if ((point | 0x20) == 's') set.unite(CharacterSet(kLongS, kLongS));
  if ((point | 0x20) == 'k') set.unite(CharacterSet(kKelvin, kKelvin));
  return set;
}

CharacterSet read_class(RegexReader& reader, bool fold) {
  return ClassParser(reader, fold).parse(0);
}

std::optional<CharacterSet> read_set_escape(RegexReader& reader, bool bracketed) {
  if (reader.done()) return std::nullopt;
  const RegexDialect dialect = reader.dialect();
  const char letter = reader.rest()[0];
  const bool negated = letter >= 'A' && letter <= 'Z';
  const CharacterSet* set = nullptr;
  switch (letter) {
    case 's':
    case 'S':
      set = &space_set(dialect);
      break;
    case 'w':
    case 'W':
      set = bracketed ? &bracketed_word_set(dialect) : &word_set(dialect);
      break;
    case 'd':
    case 'D':
      set = &digit_set(dialect);
      break;
    case 'h':
    case 'H':
      set = &hexadecimal_set();
      break;
    case 'p':
    case 'P':
      reader.take();
      return read_property(reader, negated);
    default:
      return std::nullopt;
  }
  reader.take();
  return negated ? set->complement() : *set;
}

char32_t read_character_escape(RegexReader& reader) {
  const char32_t point = reader.take();
  switch (point) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    case 'e':
      return 0x1b;
    case 'x':
      return read_hexadecimal(reader, 1, 2);
    case 'u':
      return read_hexadecimal(reader, 4, 4);
    default:
      break;
  }
  if (point == '0' && reader.oniguruma()) {
    char32_t value = 0;
    for (int i = 0; i < 2 && !reader.done() && reader.rest()[0] >= '0' && reader.rest()[0] <= '7';
         ++i)
      value = value * 8 + (reader.take() - '0');
    return value;
  }
  if (point >= '0' && point <= '9') reader.refuse("the back-reference " + escape_name(point));
  if (is_letter(point)) reader.refuse(escape_name(point));
  return point;
}

}  // namespace tessera
