#include "framework/tokenizer/word_piece.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

// First bytes of the strings in the trie, which so has two tries in it.
constexpr char kBegins = 'b', kContinues = 'c';

WordTrie make_trie(const Vocabulary& vocabulary, const std::string& prefix) {
  std::vector<std::pair<std::string, int32_t>> entries{};
  entries.reserve(static_cast<size_t>(vocabulary.size()) * 2);
  for (int32_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view token = vocabulary.token(id);
    if (token.empty()) continue;
    entries.emplace_back(kBegins + std::string(token), id);
    if (token.size() > prefix.size() && token.starts_with(prefix))
      entries.emplace_back(kContinues + std::string(token.substr(prefix.size())), id);
  }
  return WordTrie(std::move(entries));
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, const std::string& unknown,
                     std::string continuing_prefix, size_t most_characters, const std::string& what,
                     bool bytes)
    : vocabulary_(std::move(vocabulary)),
      prefix_(std::move(continuing_prefix)),
      most_characters_(most_characters),
      unknown_(vocabulary_.find(unknown)),
      bytes_(bytes),
      trie_(make_trie(vocabulary_, prefix_)),
      begins_(trie_.next(WordTrie::kRoot, kBegins)),
      continues_(trie_.next(WordTrie::kRoot, kContinues)) {
  require(unknown_ >= 0, "{}: the token for unknown words, '{}', is not in the vocabulary", what,
          unknown);
  find_failures();
}

/// Algorithm 2 of Song et al. A node's failure names nodes of less depth alone, and nodes are
/// numbered by depth.
void WordPiece::find_failures() {
  failures_.resize(static_cast<size_t>(trie_.size()));
  const auto failure = [&](int32_t node) -> Failure& {
    return failures_[static_cast<size_t>(node)];
  };
  for (int32_t node = WordTrie::kRoot + 1; node < trie_.size(); ++node) {
    for (int32_t i = 0; i < trie_.children(node); ++i) {
      const int32_t child = trie_.first_child(node) + i;
      if (trie_.value(child) >= 0) {
        sequences_.push_back({.token = trie_.value(child)});
        failure(child) = {continues_, static_cast<int32_t>(sequences_.size() - 1)};
        continue;
      }
      int32_t rest = failure(node).node, tokens = failure(node).tokens;
      while (rest != WordTrie::kNone) {
        const int32_t next = trie_.next(rest, trie_.label(child));
        if (next != WordTrie::kNone) {
          failure(child) = {next, tokens};
          break;
        }
        tokens = join(tokens, failure(rest).tokens);
        rest = failure(rest).node;
      }
    }
  }
}

int32_t WordPiece::join(int32_t left, int32_t right) {
  if (left < 0) return right;
  if (right < 0) return left;
  sequences_.push_back({.left = left, .right = right});
  return static_cast<int32_t>(sequences_.size() - 1);
}

void WordPiece::append(int32_t sequence, std::vector<int32_t>& ids) const {
  if (sequence < 0) return;
  const Sequence* at = &sequences_[static_cast<size_t>(sequence)];
  if (at->token >= 0) {
    ids.push_back(at->token);
    return;
  }
  // Sequences grow at their right ends, so the way from right to left needs the smaller stack.
  const auto begin = static_cast<std::ptrdiff_t>(ids.size());
  for (std::vector<int32_t> open{sequence}; !open.empty();) {
    at = &sequences_[static_cast<size_t>(open.back())];
    open.pop_back();
    if (at->token >= 0) {
      ids.push_back(at->token);
    } else {
      open.push_back(at->left);
      open.push_back(at->right);
    }
  }
  std::reverse(ids.begin() + begin, ids.end());
}

bool WordPiece::too_long(std::string_view piece) const {
  if (piece.size() <= most_characters_) return false;
  if (bytes_) return true;
  const auto characters = std::count_if(piece.begin(), piece.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80;
  });
  return static_cast<size_t>(characters) > most_characters_;
}

/// Appends the tokens of a word, or returns false when they do not cover it.
bool WordPiece::cover(std::string_view piece, std::vector<int32_t>& ids) const {
  int32_t node = begins_;
  if (node == WordTrie::kNone) return false;
  for (const char byte : piece) {
    int32_t next = trie_.next(node, static_cast<unsigned char>(byte));
    while (next == WordTrie::kNone) {
      const Failure& failure = failures_[static_cast<size_t>(node)];
      if (failure.node == WordTrie::kNone) return false;
      append(failure.tokens, ids);
      node = failure.node;
      next = trie_.next(node, static_cast<unsigned char>(byte));
    }
    node = next;
  }
  while (node != continues_) {
    const Failure& failure = failures_[static_cast<size_t>(node)];
    const bool covered = trie_.value(node) >= 0;
    if (failure.node == WordTrie::kNone && !covered) return false;
    append(failure.tokens, ids);
    if (failure.node == WordTrie::kNone) break;
    node = failure.node;
  }
  return true;
}

void WordPiece::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  if (piece.empty()) return;
  const size_t before = ids.size();
  if (!too_long(piece) && cover(piece, ids)) return;
  ids.resize(before);
  ids.push_back(unknown_);
}

}  // namespace tessera
