// Vocabulary holds the tokens of a model: text by id, id by text. Ids are 0 to size() - 1; some may
// have no token.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

class Vocabulary {
 public:
  Vocabulary() = default;
  /// Builds from (token, id) pairs in any order. Throws UserError, which begins with `what`, when a
  /// token or an id is given twice, or an id is negative or far beyond the number of tokens.
  Vocabulary(const std::vector<std::pair<std::string, int64_t>>& entries, const std::string& what);

  int32_t size() const { return static_cast<int32_t>(places_.size()); }
  /// The id of `token`, or -1.
  int32_t find(std::string_view token) const;
  /// The token of `id`; empty where it has none.
  std::string_view token(int32_t id) const;

 private:
  struct Place {
    uint32_t begin = 0, length = 0;
    bool taken = false;
  };
  std::string text_;
  std::vector<Place> places_;   // by id
  std::vector<int32_t> table_;  // ids by hash, -1 where free; a power of two long
};

}  // namespace tessera
