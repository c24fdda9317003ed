#include "framework/tokenizer/sentence_piece_bpe.h"

#include <algorithm>
#include <bit>
#include <string>

#include "framework/tokenizer/merge_pairs.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using Kind = SentencePieceVocabulary::Kind;

/// The scores' order as sentencepiece compares them: by their bits, so that -0 is below +0.
uint32_t order_of(float score) {
  const auto bits = std::bit_cast<uint32_t>(score);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000U;
}

bool merges(const SentencePieceVocabulary& vocabulary, int32_t id) {
  return !vocabulary.normal(id).empty() && vocabulary.kind(id) != Kind::user_defined;
}

/// Ranks by id, 0 for the highest score; equal scores have equal ranks.
std::vector<uint32_t> ranks_of(const SentencePieceVocabulary& vocabulary) {
  std::vector<uint32_t> orders;
  for (int32_t id = 0; id < vocabulary.size(); ++id)
    orders.push_back(order_of(vocabulary.score(id)));
  std::vector<uint32_t> sorted = orders;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (uint32_t& order : orders)
    order = static_cast<uint32_t>(
        std::lower_bound(sorted.begin(), sorted.end(), order, std::greater<>()) - sorted.begin());
  return orders;
}

}  // namespace

SentencePieceBpe::SentencePieceBpe(const SentencePieceVocabulary& vocabulary) {
  const std::vector<uint32_t> ranks = ranks_of(vocabulary);
  std::vector<std::string_view> tokens;
  for (char byte = 0; static_cast<unsigned char>(byte) < 128; ++byte) {
    size_t end = 0;
    ascii_[static_cast<size_t>(byte)] = -1;  // symbol() asks the table only where it is known
    ascii_[static_cast<size_t>(byte)] = symbol(vocabulary, {&byte, 1}, 0, end);
  }
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    if (!merges(vocabulary, id)) continue;
    tokens.push_back(vocabulary.normal(id));
    takes_apart_ = takes_apart_ || vocabulary.kind(id) == Kind::unused;
    find_merges(vocabulary, id, ranks);
  }
  neighbours_ = Neighbours(tokens);
}

/// Adds every pair that joins to the piece `id`: its beginnings are found along the trie.
void SentencePieceBpe::find_merges(const SentencePieceVocabulary& vocabulary, int32_t id,
                                   const std::vector<uint32_t>& ranks) {
  const std::string_view text = vocabulary.normal(id);
  const DoubleArray& trie = vocabulary.trie();
  const auto part = [&](int32_t found, std::string_view bytes) {
    if (found >= 0) return merges(vocabulary, found) ? found : -1;
    const CodePoint point = decode_utf8(bytes, 0);
    return point.bytes == bytes.size() ? vocabulary.size() + static_cast<int32_t>(point.value) : -1;
  };
  uint32_t node = DoubleArray::kRoot;
  for (size_t cut = 1; cut < text.size(); ++cut) {
    if (!trie.step(node, static_cast<unsigned char>(text[cut - 1]))) break;
    if ((static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80) continue;
    const int32_t left = part(trie.value(node), text.substr(0, cut));
    if (left < 0) continue;
    const int32_t right = part(trie.find(text.substr(cut)), text.substr(cut));
    if (right >= 0) merges_.add(left, right, {ranks[static_cast<size_t>(id)], id});
  }
}

int32_t SentencePieceBpe::symbol(const SentencePieceVocabulary& vocabulary, std::string_view text,
                                 size_t at, size_t& end) const {
  const CodePoint point = decode_utf8(text, at);
  end = at + point.bytes;
  if (point.value < 128 && ascii_[point.value] >= 0) return ascii_[point.value];
  const int32_t id = vocabulary.trie().find(text.substr(at, point.bytes));
  return id >= 0 ? id : vocabulary.size() + static_cast<int32_t>(point.value);
}

void SentencePieceBpe::append(const SentencePieceVocabulary& vocabulary, int32_t symbol,
                              size_t first, std::vector<int32_t>& ids) const {
  if (symbol < vocabulary.size())
    ids.push_back(symbol);
  else
    vocabulary.append_unknown(to_utf8(static_cast<char32_t>(symbol - vocabulary.size())), first,
                              ids);
}

void SentencePieceBpe::encode(const SentencePieceVocabulary& vocabulary, std::string_view part,
                              std::vector<int32_t>& ids) const {
  const size_t first = ids.size();
  for (size_t at = 0; at < part.size();) ids.push_back(symbol(vocabulary, part, at, at));
  merge_pairs(merges_, ids, first);
  const auto others = std::find_if(ids.begin() + static_cast<ptrdiff_t>(first), ids.end(),
                                   [&](int32_t id) { return id >= vocabulary.size(); });
  if (others == ids.end()) return;
  const std::vector<int32_t> symbols(others, ids.end());
  ids.erase(others, ids.end());
  for (const int32_t symbol : symbols) append(vocabulary, symbol, first, ids);
}

}  // namespace tessera
