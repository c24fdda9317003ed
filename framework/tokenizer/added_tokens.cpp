#include "framework/tokenizer/added_tokens.h"

#include <algorithm>
#include <utility>

#include "framework/tokenizer/added_token_matcher.h"
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

// The reference asks Rust's regular expressions what a word and white space are.
bool is_word(const CodePoint& point) { return point.valid() && rust_regex::is_word(point.value); }
bool is_space(const CodePoint& point) { return point.valid() && rust_regex::is_space(point.value); }

/// The character that ends at text[end - 1].
CodePoint character_before(std::string_view text, size_t end) {
  for (size_t bytes = 1; bytes <= std::min<size_t>(4, end); ++bytes) {
    const CodePoint point = decode_utf8(text, end - bytes);
    if (point.valid() && point.bytes == bytes) return point;
    if (point.valid()) break;
  }
  return {CodePoint::kInvalid, 1};
}

size_t begin_of_spaces(std::string_view text, size_t end, size_t least) {
  while (end > least) {
    const CodePoint point = character_before(text, end);
    if (!is_space(point)) break;
    end -= point.bytes;
  }
  return std::max(end, least);
}

size_t end_of_spaces(std::string_view text, size_t at) {
  while (at < text.size()) {
    const CodePoint point = decode_utf8(text, at);
    if (!is_space(point)) break;
    at += point.bytes;
  }
  return at;
}

bool stands_alone(std::string_view text, size_t begin, size_t end) {
  return (begin == 0 || !is_word(character_before(text, begin))) &&
         (end == text.size() || !is_word(decode_utf8(text, end)));
}

}  // namespace

struct AddedTokens::Matcher {
  AddedTokenMatcher strings;  // with places in tokens_
  bool any_plain = false;     // one at least is not special
};

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer)
    : tokens_(std::move(tokens)) {
  std::vector<std::pair<std::string, int32_t>> written, normalized;
  bool plain_written = false;
  bool plain_normalized = false;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const AddedToken& token = tokens_[i];
    std::string content = token.content;
    if (token.normalized) normalizer.apply(content);
    if (content.empty()) continue;
    (token.normalized ? plain_normalized : plain_written) |= !token.special;
    (token.normalized ? normalized : written).emplace_back(std::move(content), i);
    by_id_.emplace(token.id, i);
  }
  if (!written.empty())
    written_ = std::make_shared<const Matcher>(
        Matcher{AddedTokenMatcher(std::move(written)), plain_written});
  if (!normalized.empty())
    normalized_ = std::make_shared<const Matcher>(
        Matcher{AddedTokenMatcher(std::move(normalized)), plain_normalized});
}

const AddedToken* AddedTokens::find(int32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &tokens_[found->second];
}

bool AddedTokens::any_written(bool specials) const {
  return written_ && (specials || written_->any_plain);
}

bool AddedTokens::any_normalized(bool specials) const {
  return normalized_ && (specials || normalized_->any_plain);
}

void AddedTokens::cut_written(std::string_view text, bool specials,
                              std::vector<Segment>& out) const {
  cut(any_written(specials) ? written_.get() : nullptr, text, specials, out);
}

void AddedTokens::cut_normalized(std::string_view text, bool specials,
                                 std::vector<Segment>& out) const {
  cut(any_normalized(specials) ? normalized_.get() : nullptr, text, specials, out);
}

void AddedTokens::cut(const Matcher* matcher, std::string_view text, bool specials,
                      std::vector<Segment>& out) const {
  size_t done = 0;         // what lies before is in segments
  size_t spaces_from = 0;  // the run of white space at which a token last looked
  size_t spaces_to = 0;
  for (size_t from = 0; matcher != nullptr;) {
    const auto match = matcher->strings.find(text, from);
    if (!match) break;
    from = match->end;
    const AddedToken& token = tokens_[static_cast<size_t>(match->value)];
    // As in the reference, a token that is passed over hides others that overlap it.
    if (token.special && !specials) continue;
    if (token.single_word && !stands_alone(text, match->begin, match->end)) continue;
    size_t begin = match->begin;
    size_t end = match->end;
    if (token.left_strip) begin = begin_of_spaces(text, begin, std::min(begin, done));
    if (token.left_strip) begin = std::max(begin, done);
    if (token.right_strip) {
      if (end < spaces_from || end >= spaces_to) {
        spaces_from = end;
        spaces_to = end_of_spaces(text, end);
      }
      end = std::max(end, spaces_to);
    }
    // White space that a token before took along may hold this one; the reference drops it when nothing
    // of it is left.
    if (begin >= end) continue;
    if (done < begin) out.push_back({text.substr(done, begin - done)});
    out.push_back({text.substr(begin, end - begin), token.id});
    done = end;
  }
  if (done != text.size()) out.push_back({text.substr(done)});
}

}  // namespace tessera
