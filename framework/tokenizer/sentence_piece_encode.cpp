#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/sentence_piece.h"

namespace tessera {
namespace {

using Algorithm = SentencePieceFile::Algorithm;
using Kind = SentencePieceFile::Kind;

constexpr std::string_view kMark = "▁";

size_t end_of_character(std::string_view text, size_t at) {
  do ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80);
  return at;
}

}  // namespace

void SentencePiece::encode(std::string_view text, const EncodeOptions& options, WordCache& cache,
                           std::vector<int32_t>& ids) const {
  if (!options.specials || controls_.empty()) {
    encode_text(text, options.begins, cache, ids);
    return;
  }
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const DoubleArray::Match control = controls_.longest(text, at);
    if (control.bytes == 0) {
      ++at;
      continue;
    }
    encode_text(text.substr(begin, at - begin), options.begins || begin > 0, cache, ids);
    ids.push_back(control.value);
    begin = at += control.bytes;
  }
  encode_text(text.substr(begin), options.begins || begin > 0, cache, ids);
}

void SentencePiece::encode_text(std::string_view text, bool begins, WordCache& cache,
                                std::vector<int32_t>& ids) const {
  std::string normal;
  normalizer_.apply(text, begins, normal);
  switch (algorithm_) {
    case Algorithm::bpe:
      if (bpe_->takes_apart())
        bpe_->encode_whole(vocabulary_, normal, ids);
      else
        encode_bpe(normal, cache, ids);
      break;
    case Algorithm::unigram:
      unigram_->encode(vocabulary_, normal, cache.unigram(), ids);
      break;
    case Algorithm::word:
      encode_words(normal, ids);
      break;
    case Algorithm::character:
      encode_characters(normal, ids);
      break;
  }
}

void SentencePiece::encode_bpe(std::string_view text, WordCache& cache,
                               std::vector<int32_t>& ids) const {
  const size_t first = ids.size();
  const char* const end = text.data() + text.size();
  std::vector<int32_t> made;
  const auto encode_parts = [&](std::string_view stretch) {
    for (size_t at = 0; at < stretch.size();) {
      const size_t next = bpe_->neighbours().end_of_part(stretch, at);
      const std::string_view part = stretch.substr(at, next - at);
      made.clear();
      if (!cache.find(part, end, made)) {
        bpe_->encode(vocabulary_, part, made);
        cache.keep(part, made);
      }
      vocabulary_.append(made, first, ids);
      at = next;
    }
  };
  size_t begin = 0;
  if (!vocabulary_.user_defined().empty()) {
    for (size_t at = 0; at < text.size();) {
      const DoubleArray::Match match = vocabulary_.begins_user_defined(text[at])
                                           ? vocabulary_.user_defined().longest(text, at)
                                           : DoubleArray::Match{};
      if (match.bytes == 0) {
        ++at;
        continue;
      }
      encode_parts(text.substr(begin, at - begin));
      ids.push_back(match.value);
      begin = at += match.bytes;
    }
  }
  encode_parts(text.substr(begin));
}

void SentencePiece::append_piece(std::string_view piece, size_t first,
                                 std::vector<int32_t>& ids) const {
  const int32_t id = vocabulary_.trie().find(piece);
  if (id >= 0)
    ids.push_back(id);
  else
    vocabulary_.append_unknown(piece, first, ids);
}

void SentencePiece::encode_words(std::string_view text, std::vector<int32_t>& ids) const {
  const size_t first = ids.size();
  const std::string_view mark = normalizer_.rules().escapes_spaces ? " " : kMark;
  for (size_t at = 0; at < text.size();) {
    const size_t next = std::min(text.find(mark, at + 1), text.size());
    append_piece(text.substr(at, next - at), first, ids);
    at = next;
  }
}

void SentencePiece::encode_characters(std::string_view text, std::vector<int32_t>& ids) const {
  const size_t first = ids.size();
  for (size_t at = 0; at < text.size();) {
    const DoubleArray::Match match = vocabulary_.user_defined().longest(text, at);
    const size_t next = match.bytes > 0 ? at + match.bytes : end_of_character(text, at);
    append_piece(text.substr(at, next - at), first, ids);
    at = next;
  }
}

size_t SentencePiece::safe_cut(std::string_view text) const {
  if (!bpe_ || bpe_->takes_apart() || normalizer_.rules().spaces_end_pieces) return 0;
  // Unknown characters on both sides of the cut would be one id.
  if (!vocabulary_.byte_fallback() && vocabulary_.trie().find(" ") < 0) return 0;
  for (size_t at = text.size(); at-- > 1;) {
    if (text[at] != ' ') continue;
    const auto before = static_cast<unsigned char>(text[at - 1]);
    if (normalizer_.space_after_is_kept(before) && !bpe_->neighbours().ascii_pair(before, ' '))
      return at;
  }
  return 0;
}

}  // namespace tessera
