#include "framework/tokenizer/unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr double kUnknownPenalty = 10;

}  // namespace

Unigram::Unigram(Vocabulary vocabulary, std::vector<double> scores, int32_t unknown,
                 bool byte_fallback, const std::string& what)
    : vocabulary_(std::move(vocabulary)),
      scores_(std::move(scores)),
      unknown_(unknown),
      byte_fallback_(byte_fallback) {
  require(scores_.size() == static_cast<size_t>(vocabulary_.size()),
          "{}: the vocabulary has {} tokens and {} scores", what, vocabulary_.size(),
          scores_.size());
  require(unknown_ < vocabulary_.size(),
          "{}: the unknown token's id is {}, but the vocabulary has {} tokens", what, unknown_,
          vocabulary_.size());
  require(vocabulary_.size() < DoubleArray::kMostValues,
          "{}: a Unigram vocabulary of {} tokens; at most {} are taken", what, vocabulary_.size(),
          DoubleArray::kMostValues - 1);
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::pair<std::string_view, int32_t>> tokens;
  for (int32_t id = 0; id < vocabulary_.size(); ++id) {
    least = std::min(least, scores_[static_cast<size_t>(id)]);
    if (!vocabulary_.token(id).empty()) tokens.emplace_back(vocabulary_.token(id), id);
  }
  unknown_score_ = least - kUnknownPenalty;
  trie_ = DoubleArray(std::move(tokens));
  for (size_t byte = 0; byte < 256; ++byte)
    byte_ids_[byte] = vocabulary_.find(fmt::format("<0x{:02X}>", byte));
}

/// Appends what characters in a row that no token covers become. Together they may be a token after
/// all (the unknown one, spelled out): the reference looks them up.
void Unigram::append_unknown(std::string_view part, std::vector<int32_t>& ids) const {
  if (const int32_t id = vocabulary_.find(part); id >= 0) {
    ids.push_back(id);
    return;
  }
  const auto id_of = [&](char byte) { return byte_ids_[static_cast<unsigned char>(byte)]; };
  if (byte_fallback_ &&
      std::all_of(part.begin(), part.end(), [&](char byte) { return id_of(byte) >= 0; })) {
    for (const char byte : part) ids.push_back(id_of(byte));
    return;
  }
  ids.push_back(unknown_);
}

void Unigram::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  std::vector<Node> nodes(piece.size() + 1);
  for (size_t begin = 0; begin < piece.size();) {
    const double score = nodes[begin].score;
    const auto offer = [&](size_t end, double more, int32_t id) {
      // The first of equals stands, whose last token begins first.
      Node& node = nodes[end];
      if (node.begin != kNowhere && !(more + score > node.score)) return;
      node = {more + score, begin, id};
    };
    const size_t character = begin + decode_utf8(piece, begin).bytes;
    bool covered = false;
    trie_.beginnings(piece, begin, [&](size_t end, int32_t id) {
      offer(end, scores_[static_cast<size_t>(id)], id);
      covered = covered || end == character;
    });
    if (!covered) offer(character, unknown_score_, unknown_);
    begin = character;
  }

  std::vector<size_t> ends;
  for (size_t end = piece.size(); end > 0; end = nodes[end].begin) ends.push_back(end);
  for (size_t i = ends.size(); i-- > 0;) {
    const Node& node = nodes[ends[i]];
    if (node.id != unknown_) {
      ids.push_back(node.id);
      continue;
    }
    require(unknown_ >= 0,
            "the text has a character that no token covers ('{}'), and the vocabulary has no "
            "unknown token; add one, or set unk_id",
            piece.substr(node.begin, ends[i] - node.begin));
    while (i > 0 && nodes[ends[i - 1]].id == unknown_) --i;
    append_unknown(piece.substr(node.begin, ends[i] - node.begin), ids);
  }
}

}  // namespace tessera
