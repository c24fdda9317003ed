#include "framework/tokenizer/tekken.h"

#include "framework/tokenizer/tokenizer.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

std::string tekken(const std::string& config, const std::string& vocab,
                   const std::string& more = "") {
  return R"({"config": {"pattern": " ?\\p{L}+|\\s+", "version": "v3", )" + config +
         R"(}, "vocab": [)" + vocab + "]" + more + "}";
}
const std::string kConfig = R"("default_vocab_size": 26, "default_num_special_tokens": 22)";
const std::string kVocab =
    R"({"rank": 0, "token_bytes": "YQ==", "token_str": "a"}, {"rank": 1, "token_bytes": "Yg=="},
       {"rank": 2, "token_bytes": "IA=="}, {"rank": 3, "token_bytes": "YWI="}, {"rank": 4, "token_bytes": "YmI="})";

Tokenizer tokenizer_of(const std::string& text) {
  return Tokenizer(TokenizerFiles(std::map<std::string, std::string>{{"tekken.json", text}}),
                   "here");
}

TEST(Tekken, SpecialsComeFirstAndTheVocabularyIsCutToItsSize) {
  const Tokenizer tokenizer = tokenizer_of(tekken(kConfig, kVocab));
  EXPECT_EQ(tokenizer.kind(), "tekken");
  EXPECT_EQ(tokenizer.vocab_size(), 26);
  EXPECT_EQ(tokenizer.encode("ab bb"), (Ids{25, 24, 23, 23}));  // "bb" has a rank beyond the size
  EXPECT_EQ(tokenizer.decode(Ids{1, 25, 24, 23, 23, 2}), "ab bb");
  EXPECT_EQ(tokenizer.special().end_of_document, 2);
  EXPECT_EQ(tokenizer.special().pad, 11);
  EXPECT_EQ(tokenizer.token(21), "<SPECIAL_21>");
}

TEST(Tekken, NamesWhatIsWrong) {
  const auto message = [](const std::string& text) {
    return error_of([&] { tokenizer_of(text); });
  };
  expect_contains(message("[]"), "here: tekken.json");
  expect_contains(message(R"({"config": {}})"), "default_num_special_tokens");
  expect_contains(
      message(tekken(R"("default_vocab_size": 2, "default_num_special_tokens": 3)", kVocab)),
      "has no room");
  expect_contains(
      message(
          tekken(R"("default_vocab_size": 99999999999, "default_num_special_tokens": 3)", kVocab)),
      "is too many");
  expect_contains(
      message(tekken(R"("default_vocab_size": 16777215, "default_num_special_tokens": 16777214)",
                     R"({"rank": 0, "token_bytes": "YQ=="})")),
      "at most 65536");
  expect_contains(
      message(tekken(R"("default_vocab_size": 40, "default_num_special_tokens": 22)", kVocab)),
      "each rank needs one");
  expect_contains(
      message(tekken(R"("default_vocab_size": 8, "default_num_special_tokens": 4)", kVocab)),
      "20 special tokens, of which");
  expect_contains(message(tekken(kConfig, R"({"rank": 0, "token_bytes": "?"})")),
                  "vocab[0].token_bytes: not base64");
  expect_contains(message(tekken(kConfig, kVocab, R"(, "special_tokens": [{"rank": 0}])")),
                  "token_str");
}

}  // namespace
}  // namespace tessera
