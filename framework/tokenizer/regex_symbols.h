// RegexSymbols turns text into symbols, one byte per character, for the engine of regular
// expressions. All characters between which an expression cannot tell are one symbol, so that its
// classes become small sets of bytes whatever their size in Unicode, and the engine's own tables of
// characters play no part. An invalid subpart of UTF-8 (utf8.h) is a symbol of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/character_set.h"

namespace tessera {

class RegexSymbols {
 public:
  /// Throws UserError, which begins with `what`, when more than 256 symbols are needed.
  RegexSymbols(const std::vector<CharacterSet>& sets, const std::string& what);

  /// The symbols that stand for the characters of a set, in ascending order.
  const std::vector<uint8_t>& of(size_t set) const { return of_[set]; }
  uint8_t of_invalid() const { return invalid_; }
  /// Replaces `symbols` by those of `text`.
  void translate(std::string_view text, std::string& symbols) const;

 private:
  void fill(char32_t first, char32_t last, uint8_t symbol);

  std::vector<std::vector<uint8_t>> of_;
  std::array<uint8_t, 128> ascii_{};
  std::vector<uint16_t> pages_;  // of 256 characters each, as places in table_
  std::vector<std::array<uint8_t, 256>> table_;
  uint8_t invalid_ = 0;
};

}  // namespace tessera
