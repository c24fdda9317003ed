#include "framework/tokenizer/regex_properties.h"

#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "framework/tokenizer/unicode.h"

namespace tessera {
namespace {

constexpr size_t kCategories = static_cast<size_t>(Category::cn) + 1;
constexpr std::array<const char*, kCategories> kShort = {
    "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "pc", "pd", "ps", "pe",
    "pi", "pf", "po", "sm", "sc", "sk", "so", "zs", "zl", "zp", "cc", "cf", "cs", "co", "cn"};
constexpr std::array<const char*, kCategories> kLong = {
    "uppercaseletter",    "lowercaseletter",  "titlecaseletter",  "modifierletter",
    "otherletter",        "nonspacingmark",   "spacingmark",      "enclosingmark",
    "decimalnumber",      "letternumber",     "othernumber",      "connectorpunctuation",
    "dashpunctuation",    "openpunctuation",  "closepunctuation", "initialpunctuation",
    "finalpunctuation",   "otherpunctuation", "mathsymbol",       "currencysymbol",
    "modifiersymbol",     "othersymbol",      "spaceseparator",   "lineseparator",
    "paragraphseparator", "control",          "format",           "surrogate",
    "privateuse",         "unassigned"};

/// Every set that needs a walk over all characters, made once per dialect.
struct DialectSets {
  std::array<CharacterSet, kCategories> categories;
  CharacterSet space, word, digit;
};

template <typename Of, typename Space, typename Word, typename Digit>
DialectSets sets_of(Of category, Space is_space, Word is_word, Digit is_digit) {
  DialectSets sets;
  for (char32_t point = 0; point <= CharacterSet::kLast; ++point) {
    const bool surrogate = point >= 0xd800 && point < 0xe000;
    const Category of = surrogate ? Category::cs : category(point);
    sets.categories[static_cast<size_t>(of)].append(point);
    if (surrogate) continue;
    if (is_space(point)) sets.space.append(point);
    if (is_word(point)) sets.word.append(point);
    if (is_digit(point)) sets.digit.append(point);
  }
  return sets;
}

const DialectSets& sets_of(RegexDialect dialect) {
  if (dialect == RegexDialect::oniguruma) {
    static const DialectSets sets =
        sets_of(oniguruma::category, oniguruma::is_space, oniguruma::is_word, oniguruma::is_digit);
    return sets;
  }
  static const DialectSets sets = sets_of(fancy_regex::category, fancy_regex::is_space,
                                          fancy_regex::is_word, fancy_regex::is_digit);
  return sets;
}

/// The name as it is compared: lower case, without spaces, '-' and '_'.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  }
  return plain;
}

/// The union of all categories whose short name begins with `letters`.
CharacterSet categories_of(std::string_view letters, RegexDialect dialect) {
  std::vector<CharacterSet::Range> ranges;
  for (size_t i = 0; i < kCategories; ++i)
    if (std::string_view(kShort[i]).starts_with(letters)) {
      const auto& more = sets_of(dialect).categories[i].ranges();
      ranges.insert(ranges.end(), more.begin(), more.end());
    }
  return CharacterSet(std::move(ranges));
}

CharacterSet categories_of(std::initializer_list<std::string_view> list, RegexDialect dialect) {
  CharacterSet set;
  for (const std::string_view letters : list) set.unite(categories_of(letters, dialect));
  return set;
}

std::optional<CharacterSet> category_set(const std::string& name, RegexDialect dialect) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kGroups = {
      {{"letter", "l"},
       {"mark", "m"},
       {"number", "n"},
       {"punctuation", "p"},
       {"symbol", "s"},
       {"separator", "z"},
       {"other", "c"}}};
  for (const auto& [group, letter] : kGroups)
    if (name == group || name == letter) return categories_of(letter, dialect);
  for (size_t i = 0; i < kCategories; ++i)
    if (name == kShort[i] || name == kLong[i]) return sets_of(dialect).categories[i];
  if (name == "lc" || name == "casedletter") return categories_of({"lu", "ll", "lt"}, dialect);
  return std::nullopt;
}

CharacterSet without(CharacterSet set, const CharacterSet& other) {
  CharacterSet rest = other.complement();
  set.intersect(rest);
  return set;
}

/// Oniguruma's POSIX classes, which are Unicode's.
std::optional<CharacterSet> unicode_posix_set(const std::string& name) {
  constexpr RegexDialect kDialect = RegexDialect::oniguruma;
  if (name == "alpha") return tabled_property("alphabetic");
  if (name == "lower") return tabled_property("lowercase");
  if (name == "upper") return tabled_property("uppercase");
  if (name == "space") return space_set(kDialect);
  if (name == "word") return word_set(kDialect);
  if (name == "digit") return digit_set(kDialect);
  if (name == "xdigit") return hexadecimal_set();
  if (name == "ascii") return CharacterSet(0, 0x7f);
  if (name == "cntrl") return categories_of("cc", kDialect);
  if (name == "alnum") {
    std::optional<CharacterSet> set = tabled_property("alphabetic");
    if (set) set->unite(digit_set(kDialect));
    return set;
  }
  if (name == "blank") {
    CharacterSet set = categories_of("zs", kDialect);
    set.unite(CharacterSet('\t', '\t'));
    return set;
  }
  if (name == "graph" || name == "print") {
    CharacterSet hidden = categories_of({"cc", "cn", "cs"}, kDialect);
    hidden.unite(space_set(kDialect));
    CharacterSet set = without(CharacterSet(0, CharacterSet::kLast), hidden);
    if (name == "print") set.unite(categories_of("zs", kDialect));
    return set;
  }
  return std::nullopt;
}

/// The POSIX classes of fancy-regex, which are those of ASCII.
std::optional<CharacterSet> ascii_posix_set(const std::string& name) {
  using Ranges = std::vector<CharacterSet::Range>;
  static const std::vector<std::pair<std::string_view, Ranges>> kSets = {
      {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
      {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
      {"ascii", {{0, 0x7f}}},
      {"blank", {{'\t', '\t'}, {' ', ' '}}},
      {"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
      {"digit", {{'0', '9'}}},
      {"graph", {{'!', '~'}}},
      {"lower", {{'a', 'z'}}},
      {"print", {{' ', '~'}}},
      {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
      {"space", {{'\t', '\r'}, {' ', ' '}}},
      {"upper", {{'A', 'Z'}}},
      {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
      {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}}};
  for (const auto& [known, ranges] : kSets)
    if (name == known) return CharacterSet(ranges);
  return std::nullopt;
}

}  // namespace

const CharacterSet& space_set(RegexDialect dialect) { return sets_of(dialect).space; }
const CharacterSet& word_set(RegexDialect dialect) { return sets_of(dialect).word; }
const CharacterSet& digit_set(RegexDialect dialect) { return sets_of(dialect).digit; }

const CharacterSet& bracketed_word_set(RegexDialect dialect) {
  if (dialect == RegexDialect::fancy_regex) return word_set(dialect);
  static const CharacterSet set = without(word_set(RegexDialect::oniguruma),
                                          CharacterSet({{0xb2, 0xb3}, {0xb9, 0xb9}, {0xbc, 0xbe}}));
  return set;
}

const CharacterSet& hexadecimal_set() {
  static const CharacterSet set({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
  return set;
}

std::optional<CharacterSet> property_set(std::string_view name, RegexDialect dialect) {
  std::string plain = plain_name(name);
  if (dialect == RegexDialect::fancy_regex) {
    for (const std::string_view key : {"generalcategory=", "gc=", "script=", "sc="})
      if (plain.starts_with(key)) plain.erase(0, key.size());
  } else if (auto set = plain == "punct" ? category_set("p", dialect) : unicode_posix_set(plain)) {
    return set;
  }
  if (plain == "any") return CharacterSet(0, CharacterSet::kLast);
  if (plain == "ascii") return CharacterSet(0, 0x7f);
  if (auto set = category_set(plain, dialect)) return set;
  return tabled_property(plain);
}

std::optional<CharacterSet> posix_set(std::string_view name, RegexDialect dialect) {
  if (dialect == RegexDialect::fancy_regex) return ascii_posix_set(std::string(name));
  if (name == "punct") return categories_of({"p", "s"}, dialect);
  if (name == "word") return bracketed_word_set(dialect);
  return unicode_posix_set(std::string(name));
}

}  // namespace tessera
