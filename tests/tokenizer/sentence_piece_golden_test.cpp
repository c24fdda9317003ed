// What sentencepiece 0.2.3 makes of texts (tests/golden/tokenizer/make_sentence_pieces.py).
#include <fstream>
#include <sstream>

#include "framework/tokenizer/sentence_piece.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

constexpr int kFuzz = 3000;
constexpr uint64_t kLong = 30000;

std::string golden(const std::string& name) {
  const std::string path = source_dir() + "/tests/golden/tokenizer/sentence_piece/" + name;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

/// FNV-1a.
struct Hash {
  uint64_t state = 0xcbf29ce484222325;
  void add(std::string_view bytes) {
    for (const char byte : bytes)
      state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  void add(int32_t id) {
    for (int shift = 0; shift < 32; shift += 8)
      add(std::string(1, static_cast<char>(static_cast<uint32_t>(id) >> shift)));
  }
};

/// Draws the texts that the script draws, by Knuth's MMIX generator.
struct Draw {
  std::vector<std::string> alphabet;
  uint64_t state = 11;

  Draw() {
    for (const std::string& part : split(golden("alphabet.txt"), '\n'))
      alphabet.push_back(unhex(part));
  }
  uint64_t below(uint64_t limit) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return (state >> 33) % limit;
  }
  std::string text(uint64_t pieces) {
    std::string text;
    for (; pieces > 0; --pieces) text += alphabet[below(alphabet.size())];
    return text;
  }
};

class SentencePieceGolden : public testing::TestWithParam<std::string> {
 protected:
  SentencePiece model{golden(GetParam() + ".model"), GetParam()};
  WordCache cache;

  std::vector<int32_t> encode(std::string_view text) {
    std::vector<int32_t> ids;
    model.encode(text, {}, cache, ids);
    return ids;
  }
};

TEST_P(SentencePieceGolden, Cases) {
  size_t cases = 0;
  for (const std::string& line : split(golden(GetParam() + ".golden"), '\n')) {
    std::vector<std::string> parts = split(line, '\t');
    parts.resize(3);
    std::vector<int32_t> ids;
    for (const std::string& id : split(parts[1], ' ')) ids.push_back(std::stoi(id));
    for (int round = 0; round < 2; ++round) {  // the second one from the cache
      EXPECT_EQ(encode(unhex(parts[0])), ids) << unhex(parts[0]);
      EXPECT_EQ(model.decode(ids), unhex(parts[2])) << unhex(parts[0]);
    }
    ++cases;
  }
  EXPECT_GT(cases, 30U);
}

TEST_P(SentencePieceGolden, DrawnTexts) {
  std::vector<std::string> hashes;
  for (const std::string& line : split(golden("hashes.txt"), '\n'))
    if (line.starts_with(GetParam() + " ")) hashes = split(line, ' ');
  ASSERT_EQ(hashes.size(), 4U);
  Draw draw;
  Hash ids_hash, text_hash, long_hash;
  for (int i = 0; i < kFuzz; ++i) {
    const std::vector<int32_t> ids = encode(draw.text(draw.below(24)));
    for (const int32_t id : ids) ids_hash.add(id);
    ids_hash.add(-1);
    text_hash.add(model.decode(ids));
    text_hash.add(std::string_view("\0", 1));
  }
  for (const int32_t id : encode(draw.text(kLong))) long_hash.add(id);
  EXPECT_EQ(fmt::format("{:016x}", ids_hash.state), hashes[1]);
  EXPECT_EQ(fmt::format("{:016x}", long_hash.state), hashes[2]);
  EXPECT_EQ(fmt::format("{:016x}", text_hash.state), hashes[3]);
}

TEST_P(SentencePieceGolden, TextsMayBeCutWhereTheModelAllows) {
  Draw draw;
  size_t cuts = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = draw.text(20), more = draw.text(5);
    const size_t cut = model.safe_cut(text);
    if (cut == 0) continue;
    ++cuts;
    std::vector<int32_t> ids = encode(text.substr(0, cut));
    model.encode(text.substr(cut) + more, {.begins = false}, cache, ids);
    EXPECT_EQ(ids, encode(text + more)) << text << "|" << more;
  }
  EXPECT_EQ(cuts > 0, GetParam() == "bpe") << cuts;
}

INSTANTIATE_TEST_SUITE_P(Models, SentencePieceGolden,
                         testing::Values("bpe", "bpe_unused", "bpe_suffix", "unigram_rules",
                                         "unigram_ties", "word", "char"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tessera
