#include "framework/tokenizer/word_piece_trainer.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/merge_trainer.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

// What a character is as a symbol of a word: its ids as the first one and as a later one.
struct Symbol {
  uint64_t count = 0;
  bool seen = false, continues = false;
  uint32_t first = 0, continuing = 0;
};

template <typename Visit>
void for_each_character(std::string_view word, Visit&& visit) {
  for (size_t at = 0; at < word.size();) {
    const CodePoint point = decode_utf8(word, at);
    visit(point.valid() ? point.value : U'\uFFFD', at == 0);
    at += point.bytes;
  }
}

// By code point.
std::vector<Symbol> alphabet_of(const WordCounts& words) {
  std::vector<Symbol> alphabet;
  for (size_t i = 0; i < words.size(); ++i)
    for_each_character(words[i].word, [&](char32_t point, bool first) {
      if (point >= alphabet.size()) alphabet.resize(point + 1);
      alphabet[point].seen = true;
      alphabet[point].count += words[i].count;
      if (!first) alphabet[point].continues = true;
    });
  return alphabet;
}

/// Leaves the most frequent characters; of equals, those of lower code points.
void limit(std::vector<Symbol>& alphabet, size_t most) {
  std::vector<char32_t> seen;
  for (char32_t point = 0; point < alphabet.size(); ++point)
    if (alphabet[point].seen) seen.push_back(point);
  if (most == 0 || seen.size() <= most) return;
  std::stable_sort(seen.begin(), seen.end(),
                   [&](char32_t a, char32_t b) { return alphabet[a].count > alphabet[b].count; });
  for (size_t i = most; i < seen.size(); ++i) alphabet[seen[i]] = {};
}

void add_characters(std::vector<Symbol>& alphabet, const std::string& prefix, TokenList& tokens) {
  for (char32_t point = 0; point < alphabet.size(); ++point)
    if (alphabet[point].seen) alphabet[point].first = tokens.add(to_utf8(point));
  for (char32_t point = 0; point < alphabet.size(); ++point)
    if (alphabet[point].continues) alphabet[point].continuing = tokens.add(prefix + to_utf8(point));
}

SymbolWords as_symbols(const WordCounts& words, const std::vector<Symbol>& alphabet) {
  SymbolWords made;
  std::vector<uint32_t> symbols;
  for (size_t i = 0; i < words.size(); ++i) {
    const WordCount word = words[i];
    symbols.clear();
    for_each_character(word.word, [&](char32_t point, bool first) {
      if (alphabet[point].seen)
        symbols.push_back(first ? alphabet[point].first : alphabet[point].continuing);
    });
    made.add(symbols, word.count);
  }
  return made;
}

}  // namespace

std::vector<std::string> train_word_piece(WordCounts words, const WordPieceTraining& options) {
  require(!words.empty(), "there is no text to train a tokenizer from");
  TokenList tokens;
  for (const std::string& special : options.specials) tokens.add(special);
  std::vector<Symbol> alphabet = alphabet_of(words);
  limit(alphabet, options.alphabet);
  add_characters(alphabet, options.continuing_prefix, tokens);
  require(
      options.vocabulary >= tokens.size(),
      "a vocabulary of {} is too small: the special tokens and the characters of the text, each "
      "at the beginning of words and within them, alone are {}; ask for a larger one",
      options.vocabulary, tokens.size());
  SymbolWords made = as_symbols(words, alphabet);
  words = {};  // gives the memory back before the pairs need it
  train_merges(std::move(made),
               {.vocabulary = options.vocabulary,
                .least_count = options.least_count,
                .continuing_prefix = options.continuing_prefix},
               tokens);
  return std::move(tokens).take();
}

}  // namespace tessera
