#include "framework/tokenizer/regex_symbols.h"

#include <algorithm>
#include <map>
#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr size_t kPages = (CharacterSet::kLast + 1) / 256;

/// A place where a run of characters begins to belong to a set, or ends to.
struct Border {
  char32_t point;
  size_t set;
};

std::vector<Border> borders_of(const std::vector<CharacterSet>& sets) {
  std::vector<Border> borders;
  for (size_t i = 0; i < sets.size(); ++i)
    for (const CharacterSet::Range& range : sets[i].ranges()) {
      borders.push_back({range.first, i});
      borders.push_back({range.last + 1, i});
    }
  std::sort(borders.begin(), borders.end(),
            [](const Border& a, const Border& b) { return a.point < b.point; });
  return borders;
}

}  // namespace

RegexSymbols::RegexSymbols(const std::vector<CharacterSet>& sets, const std::string& what)
    : of_(sets.size()), pages_(kPages, 0), table_(1) {
  std::map<std::vector<bool>, uint8_t> known;  // symbols by the sets that hold them
  size_t symbols = 0;
  const auto make_symbol = [&](const std::vector<bool>& member) {
    require(symbols < 256,
            "{}: the expression tells more than 256 kinds of characters apart; put characters "
            "into classes",
            what);
    for (size_t i = 0; i < sets.size(); ++i)
      if (member[i]) of_[i].push_back(static_cast<uint8_t>(symbols));
    return static_cast<uint8_t>(symbols++);
  };

  std::vector<bool> invalid(sets.size());
  for (size_t i = 0; i < sets.size(); ++i) invalid[i] = sets[i].has_invalid();
  invalid_ = make_symbol(invalid);

  const std::vector<Border> borders = borders_of(sets);
  std::vector<bool> member(sets.size());
  char32_t first = 0;
  for (size_t at = 0; first <= CharacterSet::kLast;) {
    for (; at < borders.size() && borders[at].point == first; ++at)
      member[borders[at].set] = !member[borders[at].set];
    const char32_t next = at < borders.size() ? borders[at].point : CharacterSet::kLast + 1;
    auto found = known.find(member);
    if (found == known.end()) found = known.emplace(member, make_symbol(member)).first;
    fill(first, next - 1, found->second);
    first = next;
  }
  for (size_t i = 0; i < ascii_.size(); ++i) ascii_[i] = table_[pages_[0]][i];
}

void RegexSymbols::fill(char32_t first, char32_t last, uint8_t symbol) {
  // Whole pages of one symbol are shared; ranges come in ascending order.
  while (first <= last) {
    const size_t page = first / 256;
    const char32_t end = std::min<char32_t>(last, static_cast<char32_t>(page * 256 + 255));
    if (first % 256 == 0) {
      const bool whole = end % 256 == 255;
      if (whole && page > 0 && table_[pages_[page - 1]].front() == symbol &&
          table_[pages_[page - 1]].back() == symbol &&
          std::all_of(table_[pages_[page - 1]].begin(), table_[pages_[page - 1]].end(),
                      [&](uint8_t other) { return other == symbol; })) {
        pages_[page] = pages_[page - 1];
      } else {
        pages_[page] = static_cast<uint16_t>(table_.size());
        table_.emplace_back().fill(symbol);
      }
    } else {
      auto& row = table_[pages_[page]];
      std::fill(row.begin() + first % 256, row.begin() + end % 256 + 1, symbol);
    }
    first = end + 1;
  }
}

void RegexSymbols::translate(std::string_view text, std::string& symbols) const {
  symbols.resize(text.size());
  size_t made = 0;
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      symbols[made++] = static_cast<char>(ascii_[byte]);
      ++at;
      continue;
    }
    const CodePoint point = decode_multibyte(text, at);
    symbols[made++] = static_cast<char>(
        point.valid() ? table_[pages_[point.value / 256]][point.value % 256] : invalid_);
    at += point.bytes;
  }
  symbols.resize(made);
}

}  // namespace tessera
