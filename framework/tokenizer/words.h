// Where words and sentences begin and end, seen from tokens: what BERT's whole-word masking and
// sentence pairs are cut by. Words are judged by the tokenizer's own marks (WordPiece's prefix, a
// space or SentencePiece's mark in front); sentences by the closing marks of all scripts.
#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// How a tokenizer marks words.
struct WordMarks {
  std::string continuing_prefix;  // before a token that goes on with a word; empty: there is none
  bool spaces_kept = true;  // tokens begin with a space, or a mark for it, where the text had one
};

/// True when `token`, coming after `previous`, belongs to the same word.
bool continues_word(const WordMarks& marks, std::string_view previous, std::string_view token);
/// True when a sentence ends between `token` and `next`.
bool ends_sentence(const WordMarks& marks, std::string_view token, std::string_view next);

/// Bytes of the mark at the end of `text` that closes a sentence (. ! ? … 。 ؟ । and others), or 0.
size_t sentence_mark(std::string_view text);

}  // namespace tessera
