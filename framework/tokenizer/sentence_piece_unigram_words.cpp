#include "framework/tokenizer/sentence_piece_unigram.h"

namespace tessera {
namespace {

/// The end of the word that begins at text[at]: where the next space stands behind no space.
size_t end_of_word(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return std::min(text.find(' ', at), text.size());
}

// Nodes of the trie stand among ids as negative numbers, twice the node and one more if the piece
// begins inside the word.
int32_t as_number(uint32_t node, bool inside) {
  return -2 - static_cast<int32_t>(node * 2 + (inside ? 1 : 0));
}
bool is_inside(int32_t number) { return (-2 - number) % 2 == 1; }
uint32_t node_of(int32_t number) { return static_cast<uint32_t>(-2 - number) / 2; }

constexpr int kLargestExponent = 17;
constexpr int32_t kExponentFrom = -(1 << 30);  // numbers below stand for e

}  // namespace

std::vector<int32_t> SentencePieceUnigram::to_remember(const SentencePieceVocabulary& vocabulary,
                                                       std::string_view part,
                                                       Progress& alone) const {
  const DoubleArray& trie = vocabulary.trie();
  std::vector<int32_t> numbers;
  if (part.size() > WordCache::kLongestBytes) return numbers;
  const int exponent = largest_exponent(trie, part, alone);
  if (exponent == 0 || !is_below(exponent, 0, part.size())) return numbers;
  alone.score = 0;  // which the limit lets pass, so it leads where every other such score does
  encode(vocabulary, part, alone, numbers);
  // Several unknown characters are one id, which does not tell their number.
  if (!vocabulary.byte_fallback() && numbers.size() < alone.ends.size()) return {};
  for (size_t begin = 0; crosses_words_ && begin < part.size(); ++begin) {
    uint32_t node = DoubleArray::kRoot;
    size_t end = begin;
    while (end < part.size() && trie.step(node, static_cast<unsigned char>(part[end]))) ++end;
    uint32_t next = node;
    if (end == part.size() && trie.step(next, ' ')) numbers.push_back(as_number(node, begin > 0));
  }
  if (exponent < kLargestExponent) numbers.push_back(kExponentFrom - exponent);
  return numbers;
}

bool SentencePieceUnigram::take_limit(float score, size_t bytes, size_t first,
                                      std::vector<int32_t>& numbers) const {
  if (numbers.size() == first || numbers.back() >= kExponentFrom) return true;
  const int exponent = kExponentFrom - numbers.back();
  numbers.pop_back();
  return is_below(exponent, score, bytes);
}

/// Takes the word [begin, end) from memory, where it lies from progress.known[first] on. False if a
/// piece that begins inside the word goes on behind it, or the score is too large.
bool SentencePieceUnigram::use_memory(const SentencePieceVocabulary& vocabulary,
                                      std::string_view part, size_t begin, size_t end, size_t first,
                                      Progress& progress) const {
  const DoubleArray& trie = vocabulary.trie();
  auto& known = progress.known;
  const float score = progress.nodes[begin].score;
  if (!take_limit(score, end - begin, first, known)) return false;
  size_t last = known.size();
  while (last > first && known[last - 1] < 0) --last;
  const auto walk = [&](uint32_t node, auto&& found) {
    for (size_t at = end;
         at < part.size() && trie.step(node, static_cast<unsigned char>(part[at]));) {
      ++at;
      if (trie.value(node) >= 0 && !found(at, trie.value(node))) return false;
    }
    return true;
  };
  for (size_t i = last; i < known.size(); ++i)
    if (is_inside(known[i]) && !walk(node_of(known[i]), [](size_t, int32_t) { return false; }))
      return false;
  for (size_t i = last; i < known.size(); ++i) {
    if (is_inside(known[i])) continue;
    walk(node_of(known[i]), [&](size_t at, int32_t id) {
      offer(progress, at, scores_[static_cast<size_t>(id)] + score, begin, id);
      return true;
    });
  }
  known.resize(last);
  offer(progress, end, after(score, std::span(known).subspan(first)), begin,
        -2 - static_cast<int32_t>(progress.words.size()));
  progress.words.push_back({first, last});
  return true;
}

void SentencePieceUnigram::encode_words(const SentencePieceVocabulary& vocabulary,
                                        std::string_view part, const char* end, WordCache& cache,
                                        Progress& progress, std::vector<int32_t>& ids) const {
  begin_part(part, progress);
  Progress alone;
  for (size_t at = 0; at < part.size();) {
    const size_t next = end_of_word(part, at);
    const std::string_view word = part.substr(at, next - at);
    const auto nodes = progress.nodes.begin() + static_cast<ptrdiff_t>(at);
    const bool entered = std::any_of(nodes + 1, nodes + static_cast<ptrdiff_t>(next - at),
                                     [](const Progress::Node& node) { return node.begin != -1; });
    const size_t first = progress.known.size();
    bool done = false;
    if (!entered && may_remember(nodes->score, word.size())) {
      const bool found = cache.find(word, end, progress.known);
      if (!found) {
        cache.keep(word, to_remember(vocabulary, word, alone));
      }
      done = found && progress.known.size() > first &&
             use_memory(vocabulary, part, at, next, first, progress);
    }
    if (!done) {
      progress.known.resize(first);
      find_best(vocabulary, part, at, next, progress);
    }
    at = next;
  }
  append_best(vocabulary, part, progress, ids);
}

}  // namespace tessera
