// Texts and hashes as tests/golden/tokenizer/make_pre_tokenizers makes them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/tokenizer/utf8.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {

inline const nlohmann::json& pre_tokenizer_golden() {
  static const nlohmann::json golden = nlohmann::json::parse(
      read_file(source_dir() + "/tests/golden/tokenizer/pre_tokenizers.json"));
  return golden;
}

/// The characters of a text, each as a string.
inline std::vector<std::string> characters_of(std::string_view text) {
  std::vector<std::string> characters;
  for (size_t at = 0; at < text.size(); at += characters.back().size())
    characters.emplace_back(text.substr(at, decode_utf8(text, at).bytes));
  return characters;
}

/// Texts of characters of an alphabet, chosen by a linear congruential generator.
class GoldenTexts {
 public:
  GoldenTexts(std::string_view alphabet, uint64_t seed)
      : alphabet_(characters_of(alphabet)), state_(seed) {}

  std::string next(size_t longest) {
    std::string text;
    for (size_t length = 1 + below(longest); length > 0; --length)
      text += alphabet_[below(alphabet_.size())];
    return text;
  }

 private:
  size_t below(size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % bound;
  }

  std::vector<std::string> alphabet_;
  uint64_t state_;
};

/// FNV-1a of 64 bits over parts, each closed by the byte 255.
class GoldenHash {
 public:
  void add(std::string_view part) {
    for (const char byte : part) step(static_cast<unsigned char>(byte));
    step(0xff);
    ++parts_;
  }
  void expect(const nlohmann::json& row) const {
    EXPECT_EQ(parts_, row["parts"].get<uint64_t>());
    EXPECT_EQ(fmt::format("{:016x}", value_), row["hash"].get<std::string>());
  }

 private:
  void step(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }
  uint64_t value_ = 0xcbf29ce484222325U;
  uint64_t parts_ = 0;
};

}  // namespace tessera
