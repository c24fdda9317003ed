#include "framework/tokenizer/sentence_piece_normalizer.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/normalized_size.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr std::string_view kMark = "▁", kReplacement = "\xef\xbf\xbd";
constexpr size_t kMostKept = 64;  // sentencepiece looks at the shortest 64 strings that fit

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

}  // namespace

SentencePieceNormalizer::SentencePieceNormalizer(const SentencePieceFile::Rules& rules,
                                                 const std::vector<std::string_view>& kept,
                                                 const std::string& what)
    : rules_(rules) {
  if (!rules.charsmap.empty()) charsmap_ = Charsmap(rules.charsmap, what);
  rules_.charsmap.clear();
  std::vector<std::pair<std::string_view, int32_t>> keys;
  for (const std::string_view text : kept) {
    keys.emplace_back(text, 0);
    begins_kept_[static_cast<unsigned char>(text[0])] = true;
    kept_have_space_ = kept_have_space_ || text.find(' ') != text.npos ||
                       (rules_.escapes_spaces && text.find(kMark) != text.npos);
  }
  kept_ = DoubleArray(std::move(keys));
  for (unsigned char byte = 0; byte < 128; ++byte)
    plain_[byte] = byte != ' ' && charsmap_.keeps(byte) && !begins_kept_[byte];
  space_is_plain_ = charsmap_.keeps(' ') && !begins_kept_[static_cast<unsigned char>(' ')];
}

bool SentencePieceNormalizer::space_after_is_kept(unsigned char byte) const {
  return plain_[byte] && !kept_have_space_ && space_is_plain_ && !charsmap_.any_replaces_space();
}

/// The smallest part of the text at `at` that is normalized as a whole.
SentencePieceNormalizer::Step SentencePieceNormalizer::step(std::string_view text,
                                                            size_t at) const {
  if (begins_kept_[static_cast<unsigned char>(text[at])]) {
    const DoubleArray::Match match = kept_.longest(text, at, kMostKept);
    if (match.bytes > 0) return {match.bytes, text.substr(at, match.bytes)};
  }
  const Charsmap::Match match = charsmap_.longest(text, at);
  if (match.bytes > 0) return {match.bytes, match.text};
  const CodePoint point = decode_utf8(text, at);
  // sentencepiece replaces an invalid sequence byte by byte.
  if (!point.valid()) return {1, kReplacement};
  return {point.bytes, text.substr(at, point.bytes)};
}

void SentencePieceNormalizer::append(std::string_view made, std::string& out) const {
  if (!rules_.escapes_spaces) {
    out += made;
    return;
  }
  for (size_t mark = made.find(kMark); mark != made.npos; mark = made.find(kMark)) {
    out += made.substr(0, mark);
    out += ' ';
    made.remove_prefix(mark + kMark.size());
  }
  out += made;
}

/// The end of the run of ASCII bytes from `at` on that stand for themselves.
size_t SentencePieceNormalizer::plain_run(std::string_view text, size_t at) const {
  while (at < text.size() && plain_[static_cast<unsigned char>(text[at])]) ++at;
  // What follows a plain byte may begin a rule together with it, if it is not ASCII.
  if (at < text.size() && !is_ascii(text[at]) && !charsmap_.empty() && at > 0 &&
      is_ascii(text[at - 1]))
    --at;
  return at;
}

void SentencePieceNormalizer::apply(std::string_view text, bool begins, std::string& out) const {
  out.clear();
  size_t at = 0;
  if (rules_.removes_spaces && begins) {
    while (at < text.size()) {
      const Step first = step(text, at);
      if (first.made != " ") break;
      at += first.bytes;
    }
  }
  if (at == text.size()) return;
  const size_t most = most_normalized(text.size());
  out.reserve(text.size() - at + 1);
  const bool adds_space = rules_.adds_space && begins;
  if (adds_space && !rules_.spaces_end_pieces) out += ' ';
  bool after_space = rules_.removes_spaces && begins;
  while (at < text.size()) {
    if (const size_t end = plain_run(text, at); end > at) {
      out += text.substr(at, end - at);
      at = end;
      after_space = false;
      continue;
    }
    if (text[at] == ' ' && space_is_plain_ && (at + 1 == text.size() || is_ascii(text[at + 1]))) {
      if (!after_space) out += ' ';
      after_space = rules_.removes_spaces;
      ++at;
      continue;
    }
    Step next = step(text, at);
    at += next.bytes;
    if (after_space)
      next.made.remove_prefix(std::min(next.made.find_first_not_of(' '), next.made.size()));
    if (!next.made.empty()) {
      require(
          out.size() + next.made.size() <= most,
          "the model's charsmap makes more than {} bytes of a text of {}; it is damaged, take the "
          "file from its source again",
          most, text.size());
      append(next.made, out);
      after_space = next.made.back() == ' ' && rules_.removes_spaces;
    } else {
      after_space = after_space && rules_.removes_spaces;
    }
  }
  if (rules_.removes_spaces)
    while (out.ends_with(' ')) out.pop_back();
  if (rules_.adds_space && rules_.spaces_end_pieces) out += ' ';
}

}  // namespace tessera
