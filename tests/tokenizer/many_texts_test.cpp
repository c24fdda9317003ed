// What the references make of more than 50,000 texts a kind (tests/golden/tokenizer/make_many).
#include <nlohmann/json.hpp>

#include "framework/tokenizer/tokenizer.h"
#include "framework/tokenizer/utf8.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"
#include "tests/tokenizer/checksum.h"

namespace tessera {
namespace {

constexpr size_t kBlocks = 4, kBlock = 1000, kLongest = 24, kPoints = 48;
const std::string kFolder = "/tests/golden/tokenizer/";

const nlohmann::json& golden() {
  static const nlohmann::json read =
      nlohmann::json::parse(read_file(source_dir() + kFolder + "many/golden.json"));
  return read;
}

/// Knuth's MMIX generator.
struct Random {
  uint64_t state;
  size_t below(size_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % bound;
  }
};

std::string unhex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

std::string repeated(std::string_view part, size_t times) {
  std::string text;
  while (times-- > 0) text += part;
  return text;
}

using Texts = std::vector<std::string>;

Texts texts_of_theme(const nlohmann::json& digits, uint64_t seed) {
  Texts atoms, texts;
  for (const nlohmann::json& atom : digits) atoms.push_back(unhex(atom.get<std::string>()));
  Random random{seed};
  for (size_t i = 0; i < kBlocks * kBlock; ++i) {
    std::string text;
    for (size_t count = 1 + random.below(kLongest); count > 0; --count)
      text += atoms[random.below(atoms.size())];
    texts.push_back(std::move(text));
  }
  return texts;
}

Texts texts_of_all_code_points() {
  Texts texts;
  size_t points = 0;
  for (uint32_t point = 0; point < 0x110000; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;
    if (points++ % kPoints == 0) texts.emplace_back();
    append_utf8(point, texts.back());
  }
  return texts;
}

Texts long_words() {
  Random random{5};
  std::string letters;
  for (int i = 0; i < 100'000; ++i) letters += static_cast<char>('a' + random.below(26));
  return {repeated("a", 100'000), letters,
          repeated("日", 33'000), repeated("=", 100'000),
          repeated("ab", 50'000), repeated(" ", 100'000)};
}

/// By name of the part.
const std::map<std::string, Texts>& all_texts() {
  static const std::map<std::string, Texts> made = [] {
    std::map<std::string, Texts> texts;
    uint64_t seed = 0;
    for (const auto& [name, atoms] : golden()["themes"].items())
      texts[name] = texts_of_theme(atoms, ++seed);
    texts["code_points"] = texts_of_all_code_points();
    texts["long_words"] = long_words();
    return texts;
  }();
  return made;
}

std::shared_ptr<const Tokenizer> tokenizer_of(const std::string& kind) {
  const bool is_sentence_piece = kind == "bpe" || kind.starts_with("unigram_");
  const std::string path = is_sentence_piece ? "sentence_piece/" + kind + ".model"
                           : kind == "ranks" ? "many/ranks.tiktoken"
                                             : "many/" + kind + ".json";
  std::map<std::string, std::string> files{{is_sentence_piece ? "tokenizer.model"
                                            : kind == "ranks" ? "a.tiktoken"
                                                              : "tokenizer.json",
                                            read_file(source_dir() + kFolder + path)}};
  if (kind == "ranks")
    files["tiktoken.json"] = read_file(source_dir() + kFolder + "many/tiktoken.json");
  return std::make_shared<const Tokenizer>(TokenizerFiles(files), kind);
}

class ManyTexts : public testing::TestWithParam<std::string> {};

TEST_P(ManyTexts, HaveTheIdsOfTheReference) {
  const std::string& kind = GetParam();
  const auto tokenizer = tokenizer_of(kind);
  const bool keeps_bytes = kind == "byte_level" || kind == "ranks";
  Encoder encoder(tokenizer);
  size_t count = 0;
  for (const auto& [name, texts] : all_texts()) {
    const auto sums = golden()["kinds"][kind][name].get<std::vector<uint32_t>>();
    ASSERT_EQ(sums.size(), (texts.size() + kBlock - 1) / kBlock) << name;
    for (size_t block = 0; block < sums.size(); ++block) {
      std::vector<int32_t> ids;
      const size_t end = std::min(texts.size(), (block + 1) * kBlock);
      for (size_t i = block * kBlock; i < end; ++i, ++count) {
        const size_t first = ids.size();
        encoder.encode(texts[i], {}, ids);
        if (keeps_bytes) {
          ASSERT_EQ(tokenizer->decode(std::span(ids).subspan(first)), texts[i]) << name;
        }
        ids.push_back(-1);
      }
      // The reference sees no bytes that are no UTF-8; these kinds keep them.
      if (keeps_bytes && name == "invalid") continue;
      EXPECT_EQ(crc32({reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof(int32_t)}),
                sums[block])
          << name << ", texts " << block * kBlock << " to " << end;
    }
  }
  EXPECT_GT(count, 50'000U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ManyTexts,
                         testing::Values("byte_level", "word_piece", "characters", "unigram",
                                         "ranks", "bpe", "unigram_rules", "unigram_ties"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tessera
