#include "framework/tokenizer/transformers_files.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/tokenizer/ranked_tokenizer_json.h"
#include "tests/temporary_folder.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

using Files = std::map<std::string, std::string>;

struct Written {
  std::map<std::string, std::string> files;
  std::vector<std::string> notes;

  nlohmann::json config() const { return nlohmann::json::parse(files.at("tokenizer_config.json")); }
};

Written written(const Files& files, const TransformersNeeds& needs = {}) {
  Written out;
  const Tokenizer tokenizer(TokenizerFiles(files), "here");
  out.files = transformers_files(tokenizer, needs, "here", out.notes).all();
  return out;
}

TEST(OnigurumaExpression, MeansWhatFancyRegexMeans) {
  EXPECT_EQ(oniguruma_expression(R"( ?\p{L}++|[$}+]\$|\s++$|\s)"),
            R"( ?\p{L}++|[$}+]\$|\s++\z|\s)");
  EXPECT_EQ(oniguruma_expression(R"([^\p{N}]?+a|\p{N}{1,3}+|b{2}+)"),
            R"([^\p{N}]?+a|\p{N}{1,3}|b{2})");
  EXPECT_EQ(oniguruma_expression("a{1,3}+b"), std::nullopt);
  EXPECT_EQ(oniguruma_expression("(a{1,3}+|b)c"), std::nullopt);
}

TEST(TransformersFiles, RanksBecomeATokenizerJson) {
  // a, b, space, "ab", " ab", "abab": two ways to make the last, and special tokens with a gap.
  const std::string ranks = "YQ== 0\nYg== 1\nIA== 2\nYWI= 3\nIGFi 4\nYWJhYg== 5\n";
  for (const char* specials :
       {R"({"<|endoftext|>": 6, "<|pad|>": 7})", R"({"<|endoftext|>": 9})"}) {
    const Files files{{"tokenizer.model", ranks},
                      {"tiktoken.json", std::string(R"({"pattern": " ?\\p{L}++|\\s++$|\\s+", )") +
                                            R"("special_tokens": )" + specials + "}"}};
    const Tokenizer before(TokenizerFiles(files), "here");
    const Written out = written(files, {.most_tokens = 64});
    ASSERT_EQ(out.files.size(), 2);
    const Tokenizer after(TokenizerFiles(out.files), "there");
    EXPECT_EQ(after.kind(), "tokenizer.json");
    for (const char* text : {"ab abba", "abab\nababa b", "a  ", "b<|endoftext|>a", ""}) {
      EXPECT_EQ(after.encode(text), before.encode(text)) << text;
      EXPECT_EQ(after.encode(text, {.specials = true}), before.encode(text, {.specials = true}));
    }
    EXPECT_EQ(after.special().end_of_document, before.special().end_of_document);
    EXPECT_EQ(out.config().at("tokenizer_class"), "PreTrainedTokenizerFast");
    EXPECT_EQ(out.config().at("eos_token"), "<|endoftext|>");
    EXPECT_EQ(out.config().at("model_max_length"), 64);
    expect_contains(out.notes.at(0), "the tokenizer, of the kind tiktoken, is written as a");
  }
  expect_contains(
      error_of([&] {
        written({{"tokenizer.model", ranks}, {"tiktoken.json", R"({"pattern": "a{1,2}+b|."})"}});
      }),
      "here: the expression of the ranks has a possessive {n,m}+ before the end of an alternative");
}

const char* kJson =
    R"({"version": "1.0", "added_tokens": [], "model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}})";

TEST(TransformersFiles, StateAClassThatTakesTheFileAsItIs) {
  EXPECT_EQ(written({{"tokenizer.json", kJson}}).config().at("tokenizer_class"),
            "PreTrainedTokenizerFast");
  const Written alone = written({{"some.json", kJson}});
  EXPECT_TRUE(alone.files.contains("tokenizer.json"));
  const auto of = [](const char* config, const TransformersNeeds& needs = {}) {
    return written({{"tokenizer.json", kJson}, {"tokenizer_config.json", config}}, needs)
        .files.at("tokenizer_config.json");
  };
  const char* kStated = R"({"tokenizer_class":  "GPT2Tokenizer"})";
  EXPECT_EQ(of(kStated), kStated);  // the same bytes
  const auto newer = nlohmann::json::parse(of(R"({"tokenizer_class": "TokenizersBackend"})"));
  EXPECT_EQ(newer.at("tokenizer_class"), "PreTrainedTokenizerFast");
  const char* kLong = R"({"tokenizer_class": "T", "model_max_length": 7})";
  EXPECT_EQ(nlohmann::json::parse(of(kLong, {.most_tokens = 9})).at("model_max_length"), 7);
}

/// A config may hold values of any type: each is read, or refused with the file and the key.
TEST(TransformersFiles, WrongTypesAreNamed) {
  const std::map<std::string, std::string> files{
      {"tokenizer.json", kJson},
      {"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"},
      {"tokenizer.model", piece("<unk>", 0, kUnknown) + piece("<s>", 0, kControl) +
                              piece("</s>", 0, kControl) + piece("a", -1) + training(2) +
                              identity()}};
  for (const auto& [name, bytes] : files)
    for (const char* key : {"tokenizer_class", "model_max_length", "unk_token", "add_bos_token",
                            "added_tokens_decoder", "do_lower_case", "extra_special_tokens"})
      for (const char* value : {"null", "7", "-1.5", "true", "[]", "[3]", "{}", "{\"content\": 3}",
                                "{\"content\": null}", "{\"0\": {\"content\": []}}", "1e999"}) {
        const std::string config = fmt::format("{{\"{}\": {}}}", key, value);
        try {
          written({{name, bytes}, {"tokenizer_config.json", config}}, {.most_tokens = 9});
        } catch (const UserError& error) {
          const std::string said = error.what();
          EXPECT_NE(said.find("tokenizer_config.json"), std::string::npos) << config << said;
          EXPECT_TRUE(said.find(key) != std::string::npos || said.find("is not JSON") != said.npos)
              << config << said;
        }
      }
  expect_contains(
      error_of([] {
        written(
            {{"tokenizer.json", kJson}, {"tokenizer_config.json", R"({"tokenizer_class": 7})"}});
      }),
      "here: tokenizer_config.json: \"tokenizer_class\": a text is expected in place of a number");
}

TEST(TransformersFiles, HaveTheNamesThatTransformersAsksFor) {
  const Written gpt2 =
      written({{"encoder.json", R"({"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3})"},
               {"vocab.bpe", "#version: 0.2\na b\n"}});
  EXPECT_EQ(gpt2.files.count("vocab.json") + gpt2.files.count("merges.txt"), 2);
  EXPECT_EQ(gpt2.files.size(), 3);
  EXPECT_EQ(gpt2.config().at("tokenizer_class"), "GPT2Tokenizer");
  EXPECT_EQ(Tokenizer(TokenizerFiles(gpt2.files), "there").encode("ab"), std::vector<int32_t>{2});
  EXPECT_EQ(written({{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"}})
                .config()
                .at("tokenizer_class"),
            "BertTokenizer");
}

TEST(TransformersFiles, SentencePieceIsReadAsLlamaAndOnlyItsBpe) {
  const std::string pieces = piece("<unk>", 0, kUnknown) + piece("<s>", 0, kControl) +
                             piece("</s>", 0, kControl) + piece("a", -1) + piece("b", -2) +
                             piece("ab", -3);
  const Written bpe =
      written({{"tokenizer.model.v1", pieces + training(2) + identity()}}, {.begins = true});
  EXPECT_TRUE(bpe.files.contains("tokenizer.model"));
  EXPECT_EQ(bpe.config().at("tokenizer_class"), "LlamaTokenizer");
  EXPECT_EQ(bpe.config().at("add_bos_token"), true);
  EXPECT_EQ(bpe.config().at("eos_token"), "</s>");
  expect_contains(bpe.notes.at(0), "needs the Python packages sentencepiece and protobuf");
  const Written unigram = written({{"tokenizer.model", pieces + training(1) + identity()}});
  EXPECT_EQ(unigram.config().at("tokenizer_class"), "PreTrainedTokenizerFast");
  expect_contains(unigram.notes.at(0), "transformers has no class that gives the ids of this");
}

}  // namespace
}  // namespace tessera
