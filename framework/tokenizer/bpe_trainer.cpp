#include "framework/tokenizer/bpe_trainer.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"
#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/merge_trainer.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr size_t kBytes = 256;

// The ids of bytes, which are added in the order of their characters.
std::array<uint32_t, kBytes> add_bytes(TokenList& tokens) {
  std::vector<std::pair<char32_t, size_t>> alphabet;
  for (size_t byte = 0; byte < kBytes; ++byte)
    alphabet.emplace_back(byte_character(static_cast<unsigned char>(byte)), byte);
  std::ranges::sort(alphabet);
  std::array<uint32_t, kBytes> ids{};
  for (const auto& [character, byte] : alphabet) ids[byte] = tokens.add(to_utf8(character));
  return ids;
}

SymbolWords as_symbols(const WordCounts& words, const std::array<uint32_t, kBytes>& ids) {
  SymbolWords made;
  std::vector<uint32_t> symbols;
  for (size_t i = 0; i < words.size(); ++i) {
    const WordCount word = words[i];
    symbols.clear();
    for (const char byte : word.word) symbols.push_back(ids[static_cast<unsigned char>(byte)]);
    made.add(symbols, word.count);
  }
  return made;
}

}  // namespace

TrainedBpe train_byte_level_bpe(WordCounts words, const BpeTraining& options) {
  require(!words.empty(), "there is no text to train a tokenizer from");
  TokenList tokens;
  for (const std::string& special : options.specials) tokens.add(special);
  const std::array<uint32_t, kBytes> ids = add_bytes(tokens);
  require(options.vocabulary >= tokens.size(),
          "a vocabulary of {} is too small: the special tokens and the 256 bytes alone are {}; ask "
          "for a larger one",
          options.vocabulary, tokens.size());
  SymbolWords symbols = as_symbols(words, ids);
  words = {};  // gives the memory back before the pairs need it
  const MergeTraining training{.vocabulary = options.vocabulary,
                               .least_count = options.least_count,
                               .continuing_prefix = ""};
  const auto pairs = train_merges(std::move(symbols), training, tokens);
  TrainedBpe trained;
  trained.merges.reserve(pairs.size());
  for (const auto& [left, right] : pairs) trained.merges.emplace_back(tokens[left], tokens[right]);
  trained.tokens = std::move(tokens).take();
  return trained;
}

}  // namespace tessera
