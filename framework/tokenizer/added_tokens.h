// AddedTokens are the tokens that are found in a text before anything else, as whole strings: the
// "added_tokens" of a tokenizer.json. Special ones are found only when asked for, so that a text
// that spells one out cannot pass for it (as `encode_special_tokens` does in tokenizers 0.23.3). Of
// tokens that begin at one place the longest is found; one that is found but passed over, since it
// is special or no single word, hides those that overlap it, as in the reference.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/tokenizer/normalizer.h"

namespace tessera {

struct AddedToken {
  std::string content;
  int32_t id = 0;
  bool special = false;
  bool single_word = false;                      // only where no word character stands beside it
  bool left_strip = false, right_strip = false;  // takes the white space at that side with it
  bool normalized = false;  // found in the normalized text; its content is normalized, too
};

/// A part of a text: an added token, or text between two of them.
struct Segment {
  std::string_view text;
  int32_t added = -1;  // the id of the added token
};

class AddedTokens {
 public:
  AddedTokens() = default;
  AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer);

  const std::vector<AddedToken>& list() const { return tokens_; }
  /// The token of that id, or nullptr.
  const AddedToken* find(int32_t id) const;

  /// Cuts `text`, as it was written, at the tokens that are not `normalized`.
  void cut_written(std::string_view text, bool specials, std::vector<Segment>& out) const;
  /// Cuts a normalized text at the tokens that are `normalized`.
  void cut_normalized(std::string_view text, bool specials, std::vector<Segment>& out) const;
  /// Whether the cuts can find anything, so that callers may skip them.
  bool any_written(bool specials) const;
  bool any_normalized(bool specials) const;

 private:
  struct Matcher;  // leftmost, and the longest there
  void cut(const Matcher* matcher, std::string_view text, bool specials,
           std::vector<Segment>& out) const;

  std::vector<AddedToken> tokens_;
  std::unordered_map<int32_t, size_t> by_id_;  // places in tokens_
  std::shared_ptr<const Matcher> written_, normalized_;
};

}  // namespace tessera
