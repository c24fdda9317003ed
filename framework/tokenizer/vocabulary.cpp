#include "framework/tokenizer/vocabulary.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "framework/core/error.h"

namespace tessera {
namespace {

size_t hash_of(std::string_view token) { return XXH3_64bits(token.data(), token.size()); }

/// Ids without a token are rare in real files; a table by id must not grow by a number in a file.
int64_t most_ids(size_t tokens) { return static_cast<int64_t>(tokens) * 4 + 65536; }

}  // namespace

Vocabulary::Vocabulary(const std::vector<std::pair<std::string, int64_t>>& entries,
                       const std::string& what) {
  int64_t last = -1;
  size_t bytes = 0;
  for (const auto& [token, id] : entries) {
    require(id >= 0, "{}: token '{}' has the id {}; ids begin with 0", what, token, id);
    require(
        id < most_ids(entries.size()),
        "{}: token '{}' has the id {}, far beyond the {} tokens; the file is damaged, or its ids "
        "have to be numbered anew",
        what, token, id, entries.size());
    last = std::max(last, id);
    bytes += token.size();
  }
  require(bytes < std::numeric_limits<uint32_t>::max(),
          "{}: the tokens have {} bytes in all; at most 4 GiB are read", what, bytes);
  text_.reserve(bytes);
  places_.resize(static_cast<size_t>(last + 1));
  const size_t slots = std::bit_ceil(std::max<size_t>(16, entries.size() * 2));
  table_.assign(slots, -1);
  for (const auto& [token, id] : entries) {
    Place& place = places_[static_cast<size_t>(id)];
    require(!place.taken, "{}: the id {} stands for two tokens, '{}' and '{}'", what, id,
            this->token(static_cast<int32_t>(id)), token);
    place = {static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(token.size()), true};
    text_ += token;
    size_t at = hash_of(token) & (slots - 1);
    while (table_[at] >= 0) {
      require(this->token(table_[at]) != token, "{}: token '{}' has two ids, {} and {}", what,
              token, table_[at], id);
      at = (at + 1) & (slots - 1);
    }
    table_[at] = static_cast<int32_t>(id);
  }
}

int32_t Vocabulary::find(std::string_view token) const {
  if (table_.empty()) return -1;
  const size_t mask = table_.size() - 1;
  for (size_t at = hash_of(token) & mask; table_[at] >= 0; at = (at + 1) & mask)
    if (this->token(table_[at]) == token) return table_[at];
  return -1;
}

std::string_view Vocabulary::token(int32_t id) const {
  if (id < 0 || id >= size()) return {};
  const Place& place = places_[static_cast<size_t>(id)];
  return std::string_view(text_).substr(place.begin, place.length);
}

}  // namespace tessera
