// Encodings of which only the ranks are kept in a file: how they cut text and what their special
// tokens are, known by the tokens themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/vocabulary.h"

namespace tessera {

struct RankEncoding {
  std::string expression;  // of fancy-regex
  std::vector<std::pair<std::string, int64_t>> specials;
};

std::optional<RankEncoding> known_rank_encoding(const Vocabulary& ranks);
/// The encoding of one of the names below, where `ranks` is one more than the last rank.
RankEncoding rank_encoding(std::string_view name, int64_t ranks);
std::vector<std::string> names_of_rank_encodings();

}  // namespace tessera
