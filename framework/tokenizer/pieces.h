// A text cut into pieces on its way through a tokenizer. A piece is a view into the caller's text or
// into a text that a part of the tokenizer made; the latter live here until the next clear().
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

class Pieces {
 public:
  std::vector<std::string_view> list;

  /// A view of `text` that stays valid until clear(), also while further texts are kept.
  std::string_view keep(std::string text) { return made_.emplace_back(std::move(text)); }
  void clear() {
    list.clear();
    made_.clear();
  }

 private:
  std::deque<std::string> made_;
};

}  // namespace tessera
