// What a Unigram model of a SentencePiece file remembers of words gives the ids of a plain search.
#include <map>
#include <random>

#include "framework/tokenizer/sentence_piece.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

constexpr std::string_view kMark = "▁";

std::string with_marks(std::string_view text) {
  std::string marked;
  for (const char byte : text)
    if (byte == ' ')
      marked += kMark;
    else
      marked += byte;
  return marked;
}

struct Model {
  std::vector<std::string> texts;  // with spaces; empty: the unknown piece and the bytes
  std::vector<float> scores;
  std::vector<bool> user_defined;
  std::map<std::string, int32_t, std::less<>> ids;
  size_t longest = 1;
  bool byte_fallback = false;

  void add(const std::string& text, float score, bool is_user_defined) {
    if (!ids.emplace(text, static_cast<int32_t>(texts.size())).second) return;
    texts.push_back(text);
    scores.push_back(score);
    user_defined.push_back(is_user_defined);
    longest = std::max(longest, text.size());
  }
  std::string file() const {
    std::string bytes = piece("<unk>", 0, kUnknown);
    if (byte_fallback)
      for (int byte = 0; byte < 256; ++byte)
        bytes += piece(fmt::format("<0x{:02X}>", byte), 0, kByte);
    for (size_t id = first(); id < texts.size(); ++id)
      bytes += piece(with_marks(texts[id]), scores[id], user_defined[id] ? kUserDefined : kNormal);
    return bytes + training(1, byte_fallback) + identity();
  }
  size_t first() const { return byte_fallback ? 257 : 1; }
};

size_t character(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return end - at;
}

/// The search of sentencepiece 0.2.3: float sums from the text's beginning on.
std::vector<int32_t> plain_search(const Model& model, std::string_view text) {
  struct Node {
    float score = 0;
    size_t begin = 0;
    int32_t id = -1;
  };
  float least = std::numeric_limits<float>::max();
  for (size_t id = model.first(); id < model.texts.size(); ++id)
    if (!model.user_defined[id]) least = std::min(least, model.scores[id]);
  std::vector<Node> nodes(text.size() + 1);
  size_t farthest = 0;
  for (size_t begin = 0; begin < text.size();) {
    const float offset = nodes[begin].score;
    if (offset < -100000.0F || offset > 100000.0F)
      for (size_t i = begin; i <= farthest; ++i)
        if (nodes[i].id >= 0 || i == begin) nodes[i].score -= offset;
    const float score = nodes[begin].score;
    const size_t bytes = character(text, begin);
    bool covered = false;
    const auto offer = [&](size_t end, float more, int32_t id) {
      Node& node = nodes[end];
      const float sum = more + score;
      if (node.id < 0 || sum > node.score) node = {sum, begin, id};
      farthest = std::max(farthest, end);
    };
    for (size_t size = 1; size <= model.longest && begin + size <= text.size(); ++size) {
      const auto known = model.ids.find(text.substr(begin, size));
      if (known == model.ids.end()) continue;
      const auto id = static_cast<size_t>(known->second);
      offer(
          begin + size,
          model.user_defined[id]
              ? static_cast<float>(0.1 * (static_cast<int>(with_marks(model.texts[id]).size()) - 1))
              : model.scores[id],
          known->second);
      covered |= size == bytes;
    }
    if (!covered) offer(begin + bytes, least - 10, 0);
    begin += bytes;
  }
  std::vector<size_t> ends;
  for (size_t end = text.size(); end > 0; end = nodes[end].begin) ends.push_back(end);
  std::vector<int32_t> ids;
  for (size_t i = ends.size(); i-- > 0;) {
    const Node& node = nodes[ends[i]];
    if (node.id > 0)
      ids.push_back(node.id);
    else if (model.byte_fallback)
      for (const char byte : with_marks(text.substr(node.begin, ends[i] - node.begin)))
        ids.push_back(1 + static_cast<unsigned char>(byte));
    else if (ids.empty() || ids.back() != 0)
      ids.push_back(0);
  }
  return ids;
}

using Draw = std::mt19937_64;
size_t below(Draw& draw, size_t bound) { return draw() % bound; }

std::string random_text(Draw& draw, const std::vector<std::string>& alphabet, size_t characters) {
  std::string text;
  while (characters-- > 0) {
    const std::string& next = alphabet[below(draw, alphabet.size())];
    for (size_t times = below(draw, 8) == 0 ? 1 + below(draw, 6) : 1; times > 0; --times)
      text += next;
  }
  return text;
}

enum class Scores { ties, equal, any, additive, positive, large, tiny };

float random_score(Draw& draw, Scores scores, const std::string& text) {
  const auto unit = static_cast<float>(below(draw, 1 << 24)) * 0x1p-24F;
  switch (scores) {
    case Scores::ties:
      return -0.25F * static_cast<float>(1 + below(draw, 16));
    case Scores::equal:
      return -3;
    case Scores::any:
      return -1 - 14 * unit;
    case Scores::additive: {  // a piece is about as good as its characters
      float sum = 0;
      for (const char byte : text)
        sum -= 0.1F * static_cast<float>(static_cast<unsigned char>(byte) % 13 + 1);
      return sum + (below(draw, 3) == 0 ? 1e-3F * unit : 0);
    }
    case Scores::positive:
      return 4 * unit - 2;
    case Scores::large:
      return -9000 * unit;
    case Scores::tiny:
      return -1e-6F * unit;
  }
  return 0;
}

Model random_model(Draw& draw, Scores scores, const std::vector<std::string>& alphabet) {
  Model model;
  model.byte_fallback = below(draw, 2) == 0;
  model.texts.resize(model.first());
  model.scores.resize(model.first());
  model.user_defined.resize(model.first());
  for (const std::string& one : alphabet)
    if (below(draw, 10) > 0) model.add(one, random_score(draw, scores, one), false);
  model.add("a", random_score(draw, scores, "a"), false);
  const size_t pieces = 3 + below(draw, 80);
  for (size_t i = 0; i < pieces; ++i) {
    const std::string text = random_text(
        draw, alphabet, below(draw, 20) == 0 ? 1 + below(draw, 30) : 2 + below(draw, 5));
    model.add(text, random_score(draw, scores, text), below(draw, 40) == 0);
  }
  return model;
}

class UnigramProperty : public testing::TestWithParam<Scores> {};

TEST_P(UnigramProperty, MemoryOfWordsGivesTheIdsOfAPlainSearch) {
  Draw draw(static_cast<uint64_t>(GetParam()) + 1);
  const std::vector<std::vector<std::string>> alphabets = {
      {"a", "b", " "},
      {"a", " "},
      {"a", "b", "c", "d", "é", "字", " ", " "},
      {"a", "=", " ", ".", " "}};
  for (int round = 0; round < 25; ++round) {
    const std::vector<std::string>& alphabet = alphabets[below(draw, alphabets.size())];
    const Model model = random_model(draw, GetParam(), alphabet);
    const SentencePiece tokenizer(model.file(), "model");
    WordCache cache(below(draw, 2) == 0 ? 1000 : 1 << 16);  // with and without words that give way
    for (int i = 0; i < 40; ++i) {
      const std::string text = random_text(draw, alphabet, below(draw, i % 10 == 0 ? 1500 : 120));
      std::vector<int32_t> ids;
      tokenizer.encode(text, {}, cache, ids);
      ASSERT_EQ(ids, plain_search(model, text)) << "round " << round << ", text '" << text << "'";
    }
  }
}

/// Pieces of hundreds of bytes, most of which begin with one another.
TEST_P(UnigramProperty, LongPiecesGiveTheIdsOfAPlainSearch) {
  Draw draw(static_cast<uint64_t>(GetParam()) + 100);
  for (int round = 0; round < 6; ++round) {
    std::string text;
    while (text.size() < 2000)
      text += std::string(1 + below(draw, 400), below(draw, 2) == 0 ? 'a' : ' ') +
              (below(draw, 2) == 0 ? "b" : "");
    Model model = random_model(draw, GetParam(), {"a", "b", " "});
    for (int i = 0; i < 60; ++i) {
      const std::string piece = text.substr(below(draw, text.size()), 1 + below(draw, 600));
      model.add(piece, random_score(draw, GetParam(), piece), false);
    }
    const SentencePiece tokenizer(model.file(), "model");
    WordCache cache(1 << 16);
    std::vector<int32_t> ids;
    tokenizer.encode(text, {}, cache, ids);
    ASSERT_EQ(ids, plain_search(model, text)) << "round " << round << ", text '" << text << "'";
  }
}

INSTANTIATE_TEST_SUITE_P(Scores, UnigramProperty,
                         testing::Values(Scores::ties, Scores::equal, Scores::any, Scores::additive,
                                         Scores::positive, Scores::large, Scores::tiny));

}  // namespace
}  // namespace tessera
