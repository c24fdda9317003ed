#include "framework/tokenizer/tiktoken.h"

#include <fmt/format.h>

#include "framework/tokenizer/base64.h"
#include "framework/tokenizer/rank_encodings.h"
#include "framework/tokenizer/tokenizer.h"
#include "tests/temporary_folder.h"
#include "tests/tokenizer/checksum.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

TEST(Base64, DecodesWhatTheStandardLists) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64("/+8="), "\xff\xef");
  for (const char* wrong : {"Zg=", "Zg", "Z===", "Zm9=YmFy", "Zm9v!mFy", "===="})
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
}

/// a, b, space, "ab", " ab", and every other byte behind them.
std::string ranks() {
  std::string text = "YQ== 0\nYg== 1\nIA== 2\nYWI= 3\nIGFi 4\n";
  return text;
}

const char* kSidecar = R"({"pattern": " ?\\p{L}+|\\s+", "special_tokens": {"<|endoftext|>": 5}})";

Tokenizer tokenizer_of(const std::string& ranks_text, const std::string& sidecar = kSidecar) {
  std::map<std::string, std::string> files{{"tokenizer.model", ranks_text}};
  if (!sidecar.empty()) files["tiktoken.json"] = sidecar;
  return Tokenizer(TokenizerFiles(files), "here");
}

TEST(Tiktoken, EncodesByRanks) {
  const Tokenizer tokenizer = tokenizer_of(ranks());
  EXPECT_EQ(tokenizer.kind(), "tiktoken");
  EXPECT_EQ(tokenizer.vocab_size(), 6);
  EXPECT_EQ(tokenizer.special().end_of_document, 5);
  EXPECT_EQ(tokenizer.encode("ab abba"), (Ids{3, 4, 1, 0}));
  EXPECT_EQ(tokenizer.decode(Ids{3, 4, 1, 0, 5}), "ab abba");
  EXPECT_EQ(tokenizer.encode("a<|endoftext|>"), Ids{0});  // what no rank stands for is left out
  EXPECT_EQ(tokenizer.encode("a<|endoftext|>", {.specials = true}), (Ids{0, 5}));
}

TEST(Tiktoken, NamesWhatIsWrong) {
  const auto message = [](const std::string& text, const std::string& sidecar = kSidecar) {
    return error_of([&] { tokenizer_of(text, sidecar); });
  };
  expect_contains(message(ranks() + "YmI=\n"),
                  "here: tokenizer.model, line 6: not a token in base64, a space and its rank");
  expect_contains(message(ranks() + "YmI= x\n"), "line 6");
  expect_contains(message(ranks() + "YmI= 3\n"), "the id 3 stands for two tokens, 'ab' and 'bb'");
  expect_contains(message(ranks() + "YWI= 9\n"), "token 'ab' has two ids, 3 and 9");
  expect_contains(message(ranks() + "YmI= 99999999999\n"), "far beyond");
  std::string long_token;
  for (int i = 0; i < 400'000; ++i) long_token += "YWFh";  // each of its cuts would be looked up
  expect_contains(message(ranks() + long_token + " 5\n"),
                  "token 5 has 1200000 bytes; at most 4096");
  expect_contains(message(ranks(), ""), "put a file tiktoken.json beside it");
  expect_contains(message(ranks(), "{"), "here: tiktoken.json");
  expect_contains(message(ranks(), R"({"special_tokens": {}})"), "pattern");
  expect_contains(message(ranks(), R"({"pattern": "(", "special_tokens": {}})"), "the pattern");
  expect_contains(message(ranks(), R"({"pattern": ".", "special_tokens": {"<x>": 3}})"),
                  "the special token '<x>' and the token 'ab' have one id, 3");
}

TEST(Tiktoken, ATokenWithoutBytesTakesAnId) {
  const std::string with_empty = ranks() + "= 5\n";
  expect_contains(error_of([&] { tokenizer_of(with_empty); }), "<|endoftext|>' and the token ''");
  const Tokenizer tokenizer = tokenizer_of(
      with_empty, R"({"pattern": " ?\\p{L}+|\\s+", "special_tokens": {"<|endoftext|>": 6}})");
  EXPECT_EQ(tokenizer.vocab_size(), 7);
  EXPECT_EQ(tokenizer.encode("ab abba"), (Ids{3, 4, 1, 0}));
  EXPECT_EQ(tokenizer.decode(Ids{3, 5, 4}), "ab ab");
  expect_contains(error_of([&] { tokenizer_of(with_empty, ""); }), "\"<|endoftext|>\": 6}");
}

/// The special tokens of the files' own programs: tiktoken 0.14.0, openai-whisper 20250625,
/// llama-models 0.3.0 and dashscope 2.0.2.
TEST(RankEncodings, HaveTheSpecialTokensOfTheirPrograms) {
  struct Row {
    const char* name;
    int64_t ranks, ids;
    size_t specials;
    uint32_t checksum;  // of the lines "TOKEN ID", by id
  };
  const std::vector<Row> rows = {{"gpt2", 50256, 50257, 1, 0xdcb8fb39},
                                 {"multilingual of Whisper", 50257, 51865, 1608, 0x53c13f1c},
                                 {"p50k_base", 50281, 50257, 1, 0xdcb8fb39},
                                 {"cl100k_base", 100256, 100277, 5, 0x1b4bea49},
                                 {"o200k_base", 199998, 200019, 2, 0xfd9da76c},
                                 {"Llama 3", 128000, 128256, 256, 0x6478265d},
                                 {"Llama 4", 200000, 202048, 2048, 0xa04294ee},
                                 {"Qwen", 151643, 151851, 208, 0x43226975}};
  std::vector<std::string> names;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    names.emplace_back(row.name);
    const RankEncoding encoding = rank_encoding(row.name, row.ranks);
    std::string lines;
    for (const auto& [token, id] : encoding.specials) lines += fmt::format("{} {}\n", token, id);
    EXPECT_EQ(encoding.specials.size(), row.specials);
    EXPECT_EQ(encoding.specials.back().second + 1, row.ids);
    EXPECT_EQ(crc32(lines), row.checksum);
  }
  EXPECT_EQ(names, names_of_rank_encodings());
}

TEST(Tokenizer, FilesOfNoKnownKindAreListed) {
  const std::string message = error_of([] {
    Tokenizer(TokenizerFiles(std::map<std::string, std::string>{{"notes.tiktoken", "hello"}}),
              "there");
  });
  expect_contains(message, "there: no tokenizer that this program knows");
  expect_contains(message, "notes.tiktoken");
}

TEST(Tokenizer, TravelsWithItsFiles) {
  const TemporaryFolder folder;
  const Tokenizer tokenizer = tokenizer_of(ranks());
  tokenizer.files().write(folder / std::string(kTokenizerFolder));
  const auto again = make_tokenizer(tokenizer.description(), folder.path());
  EXPECT_EQ(again->fingerprint(), tokenizer.fingerprint());
  EXPECT_EQ(again->encode("ab abba"), tokenizer.encode("ab abba"));
  write_file(folder.path() / kTokenizerFolder / "tokenizer.model", ranks() + "YmI= 6\n");
  expect_contains(error_of([&] { make_tokenizer(tokenizer.description(), folder.path()); }),
                  "not the tokenizer that");
  fs::remove_all(folder.path() / kTokenizerFolder);
  expect_contains(error_of([&] { make_tokenizer(tokenizer.description(), folder.path()); }),
                  "the files of its tokenizer are missing: the folder ");
}

}  // namespace
}  // namespace tessera
