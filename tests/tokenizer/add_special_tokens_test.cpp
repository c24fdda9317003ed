#include "framework/tokenizer/add_special_tokens.h"

#include "framework/tokenizer/tokenizer.h"
#include "tests/temporary_folder.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

using Files = std::map<std::string, std::string>;

const SpecialTokensToAdd kBert{.tokens = {"[CLS]", "[SEP]", "[PAD]"}, .mask = "[MASK]"};

const char* kTokenizerJson = R"({"version": "1.0", "added_tokens": [
  {"id": 3, "content": "<|end|>", "special": true, "single_word": false, "lstrip": false,
   "rstrip": false, "normalized": false}],
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                    "use_regex": true},
  "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
              "use_regex": true},
  "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})";

/// Adds BERT's tokens and checks that ids which were there are the same, and what is new.
Tokenizer add_to(const Files& files, const SpecialTokensToAdd& added = kBert) {
  const Tokenizer before(TokenizerFiles(files), "before");
  Tokenizer after(add_special_tokens(TokenizerFiles(files), added, "here"), "after");
  for (int32_t id = 0; id < before.vocab_size(); ++id) EXPECT_EQ(after.token(id), before.token(id));
  EXPECT_EQ(after.encode("abba ab"), before.encode("abba ab"));
  EXPECT_EQ(after.kind(), before.kind());
  return after;
}

void expect_bert(const Tokenizer& tokenizer, int32_t first) {
  const SpecialTokens& special = tokenizer.special();
  EXPECT_EQ(special.cls, first);
  EXPECT_EQ(special.sep, first + 1);
  EXPECT_EQ(special.pad, first + 2);
  EXPECT_EQ(special.mask, first + 3);
  EXPECT_EQ(tokenizer.vocab_size(), first + 4);
  EXPECT_EQ(tokenizer.encode("a[MASK]", {.specials = true}).back(), first + 3);
  EXPECT_NE(tokenizer.encode("a[MASK]").back(), first + 3);
}

TEST(AddSpecialTokens, ToATokenizerJson) {
  expect_bert(add_to({{"tokenizer.json", kTokenizerJson}}), 4);
  expect_bert(add_to({{"other.json", kTokenizerJson}}), 4);
  const Tokenizer with_roles = add_to(
      {{"tokenizer.json", kTokenizerJson},
       {"tokenizer_config.json", R"({"eos_token": {"content": "<|end|>", "lstrip": false}})"},
       {"special_tokens_map.json", R"({"bos_token": "<|end|>", "mask_token": "<|end|>"})"}});
  expect_bert(with_roles, 4);
  EXPECT_EQ(with_roles.special().end_of_text, 3);
  EXPECT_EQ(with_roles.special().begin_of_text, 3);
}

TEST(AddSpecialTokens, ToVocabularyAndMerges) {
  const Tokenizer tokenizer =
      add_to({{"vocab.json", R"({"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3, "Ġ": 4})"},
              {"merges.txt", "#version: 0.2\na b\n"}});
  expect_bert(tokenizer, 5);
  EXPECT_EQ(tokenizer.special().end_of_text, 3);
  const TokenizerFiles older(Files{{"encoder.json", R"({"a": 0, "b": 1})"}, {"vocab.bpe", ""}});
  const TokenizerFiles named = add_special_tokens(older, kBert, "here");
  EXPECT_NE(named.find("vocab.json"), nullptr);
  EXPECT_NE(named.find("merges.txt"), nullptr);
  expect_contains(*named.find("tokenizer_config.json"), "GPT2Tokenizer");
}

TEST(AddSpecialTokens, ToABertVocabulary) {
  const Tokenizer tokenizer =
      add_to({{"vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\nab\n##a\n##b\n"}},
             {.tokens = {"[X]", "[CLS]"}, .mask = "[HOLE]"});
  EXPECT_EQ(tokenizer.special().cls, 2);
  EXPECT_EQ(tokenizer.token(tokenizer.special().mask), "[HOLE]");
}

TEST(AddSpecialTokens, ToRanks) {
  const char* ranks = "YQ== 0\nYg== 1\nIA== 2\nYWI= 3\n";
  const char* sidecar = R"({"pattern": " ?\\p{L}+|\\s+", "special_tokens": {"<|endoftext|>": 6}})";
  const Tokenizer tokenizer = add_to({{"tokenizer.model", ranks}, {"tiktoken.json", sidecar}});
  expect_bert(tokenizer, 7);
  expect_contains(error_of([&] {
                    add_special_tokens(
                        TokenizerFiles(Files{{"a.tiktoken", ranks}, {"tiktoken.json", sidecar}}),
                        {.mask = "<hole>"}, "here");
                  }),
                  "must have a name that says so: [MASK], <mask>, <|mask|>");
}

TEST(AddSpecialTokens, LeavesThoseThatAreThereAlone) {
  const TokenizerFiles files(Files{{"tokenizer.json", kTokenizerJson}});
  const TokenizerFiles once = add_special_tokens(files, kBert, "here");
  EXPECT_EQ(add_special_tokens(once, kBert, "here").all(), once.all());
}

TEST(AddSpecialTokens, SaysWhichKindsHaveNoRoom) {
  const std::string model = piece("<unk>", 0, kUnknown) + piece("<s>", 0, kControl) +
                            piece("</s>", 0, kControl) + piece("a") + training(1) + identity();
  expect_contains(
      error_of([&] {
        add_special_tokens(TokenizerFiles(Files{{"m.model", model}}), kBert, "here");
      }),
      "here: a SentencePiece model keeps its tokens in one file, which this program does not write");
  const char* tekken = R"({"config": {"pattern": " ?\\p{L}+|\\s+", "default_vocab_size": 23,
    "default_num_special_tokens": 22, "version": "v3", "model": 1},
    "vocab": [{"rank": 0, "token_bytes": "YQ==", "token_str": "a"}]})";
  expect_contains(
      error_of([&] {
        add_special_tokens(TokenizerFiles(Files{{"tekken_1.json", tekken}}), kBert, "here");
      }),
      "here: tekken.json numbers special tokens before all others");
}

TEST(AddSpecialTokens, SaysWhatCannotBeDone) {
  const TokenizerFiles files(Files{{"tokenizer.json", kTokenizerJson}});
  expect_contains(error_of([&] { add_special_tokens(files, {.tokens = {"\xff"}}, "here"); }),
                  "is no name for a special token");
  std::string plain = kTokenizerJson;
  plain.replace(plain.find("\"special\": true"), 15, "\"special\": false");
  expect_contains(error_of([&] {
                    add_special_tokens(TokenizerFiles(Files{{"tokenizer.json", plain}}),
                                       {.tokens = {"<|end|>"}}, "here");
                  }),
                  "'<|end|>' is an added token that is not special (id 3)");
}

}  // namespace
}  // namespace tessera
