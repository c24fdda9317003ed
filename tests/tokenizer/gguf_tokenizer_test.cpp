// Tokenizers inside GGUF files, and what the libraries that they come from make of texts
// (tests/golden/tokenizer/make_gguf).
#include "framework/tokenizer/gguf_tokenizer.h"

#include "framework/tokenizer/tokenizer.h"
#include "tests/formats/gguf_bytes.h"
#include "tests/temporary_folder.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;
using nlohmann::json;

const json& golden() {
  static const json made = golden_json("gguf/gguf.json");
  return made;
}

std::string golden_path(const std::string& name) {
  return source_dir() + "/tests/golden/tokenizer/gguf/" + name;
}

void expect_ids(const Tokenizer& tokenizer, const json& expected, const std::string& name) {
  const json& texts = golden()["texts"];
  ASSERT_EQ(texts.size(), expected.size());
  for (size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(tokenizer.encode(texts[i].get<std::string>()), expected[i].get<Ids>())
        << name << ": " << texts[i];
}

TEST(GgufTokenizer, GivesTheIdsOfTheLibrariesForEveryKind) {
  for (const auto& [name, kind] :
       std::map<std::string, std::string>{{"characters", "tokenizer.json"},
                                          {"words", "tokenizer.json"},
                                          {"pieces", "sentencepiece"},
                                          {"unigram", "sentencepiece"}}) {
    const auto tokenizer = load_tokenizer(golden_path(name + ".gguf"));
    EXPECT_EQ(tokenizer->kind(), kind);
    expect_ids(*tokenizer, golden()[name], name);
  }
}

TEST(GgufTokenizer, CutsTextsByTheNameInTheFile) {
  const TemporaryFolder folder;
  const std::string bytes = read_file(golden_path("bytes.gguf"));
  const size_t at = bytes.find(gguf_text("smollm"));
  ASSERT_NE(at, bytes.npos);
  for (const auto& [name, expected] : golden()["bytes"].items()) {
    std::string other = bytes;
    other.replace(at, gguf_text("smollm").size(), gguf_text(name));
    write_file(folder / "x.gguf", other);
    expect_ids(*load_tokenizer(folder / "x.gguf"), expected, name);
  }
}

TEST(GgufTokenizer, KeepsRolesFramesAndTheChatTemplate) {
  const auto bytes = load_tokenizer(golden_path("bytes.gguf"));
  const int32_t end = bytes->vocab_size() - 2;
  EXPECT_EQ(bytes->special().begin_of_text, end);
  EXPECT_EQ(bytes->special().end_of_text, end);
  EXPECT_TRUE(bytes->is_special(end));
  EXPECT_EQ(bytes->encode("<|end|>", {.specials = true}), Ids{end});
  EXPECT_EQ(bytes->encode("[PAD1]"), Ids{end + 1});  // user-defined: found in every text
  EXPECT_FALSE(bytes->is_special(end + 1));
  EXPECT_EQ(bytes->decode(bytes->encode("it's naïve 🦙")), "it's naïve 🦙");
  const json config = json::parse(*bytes->files().find("tokenizer_config.json"));
  EXPECT_EQ(config["chat_template"], "{% for m in messages %}{{ m.content }}<|end|>{% endfor %}");
  EXPECT_EQ(config["add_bos_token"], false);

  const auto opens = [](const char* name) {
    const auto tokenizer = load_tokenizer(golden_path(name));
    return tokenizer->pipeline()->parts().post_processor.single.front();
  };
  EXPECT_EQ(opens("bytes.gguf").kind, PostProcessor::Item::Kind::first);
  EXPECT_EQ(opens("characters.gguf").kind, PostProcessor::Item::Kind::special);
  EXPECT_EQ(opens("characters.gguf").id, 2);
  EXPECT_EQ(opens("words.gguf").id, 2);
  EXPECT_EQ(load_tokenizer(golden_path("words.gguf"))->special().mask, 4);
  EXPECT_EQ(load_tokenizer(golden_path("words.gguf"))->special().sep, 3);
  EXPECT_EQ(load_tokenizer(golden_path("words.gguf"))->token(34), "hello");
  EXPECT_EQ(load_tokenizer(golden_path("words.gguf"))->token(37), "##o");
}

TEST(GgufTokenizer, IsTheSameFromTheFilesThatItIsKeptAs) {
  const TemporaryFolder folder;
  for (const std::string name : {"bytes", "characters", "words", "pieces", "unigram"}) {
    const auto tokenizer = load_tokenizer(golden_path(name + ".gguf"));
    tokenizer->files().write(folder / name);
    const auto kept = load_tokenizer(folder / name);
    EXPECT_EQ(kept->fingerprint(), tokenizer->fingerprint());
    for (const json& text : golden()["texts"])
      EXPECT_EQ(kept->encode(text.get<std::string>()), tokenizer->encode(text.get<std::string>()));
  }
}

// The rest makes small files by hand.

constexpr uint32_t kTextType = 8, kListType = 9, kIntegerType = 5, kFloatType = 6, kWide = 10;

std::string list(uint32_t type, const std::vector<std::string>& values) {
  std::string bytes = little(type) + little(uint64_t{values.size()});
  for (const std::string& value : values) bytes += value;
  return bytes;
}

std::string texts(const std::vector<std::string>& values) {
  std::vector<std::string> each;
  for (const std::string& value : values) each.push_back(gguf_text(value));
  return list(kTextType, each);
}

class BadGgufTokenizer : public testing::Test {
 protected:
  GgufBytes file(const std::string& model) const {
    GgufBytes bytes;
    bytes.key("tokenizer.ggml.model", kTextType, gguf_text(model));
    return bytes;
  }
  GgufBytes with_tokens(const std::string& model, const std::vector<std::string>& tokens) const {
    GgufBytes bytes = file(model);
    bytes.key("tokenizer.ggml.tokens", kListType, texts(tokens));
    return bytes;
  }
  GgufBytes by_bytes(const std::vector<std::string>& tokens,
                     const std::vector<std::string>& merges) const {
    GgufBytes bytes = with_tokens("gpt2", tokens);
    bytes.key("tokenizer.ggml.pre", kTextType, gguf_text("gpt-2"));
    bytes.key("tokenizer.ggml.merges", kListType, texts(merges));
    return bytes;
  }
  void load(const GgufBytes& bytes) const {
    write_file(folder_ / "x.gguf", bytes.file());
    load_tokenizer(folder_ / "x.gguf");
  }
  std::string message(const GgufBytes& bytes) const {
    return error_of([&] { load(bytes); });
  }
  TemporaryFolder folder_;
};

TEST_F(BadGgufTokenizer, NamesAKindThatIsNotKnown) {
  expect_contains(message(GgufBytes{}), "x.gguf: holds no tokenizer");
  expect_contains(
      message(with_tokens("rwkv", {"a"})),
      "tokenizer.ggml.model is 'rwkv', which is not known to this program (known: gpt2, "
      "llama, t5, bert, gemma4)");
  GgufBytes bytes = with_tokens("gpt2", {"a"});
  expect_contains(message(bytes), "has no tokenizer.ggml.pre");
  bytes.key("tokenizer.ggml.pre", kTextType, gguf_text("kimi-k2"));
  const std::string named = message(bytes);
  expect_contains(named, "tokenizer.ggml.pre is 'kimi-k2'");
  expect_contains(named, "smollm");
  expect_contains(named, "give the tokenizer.json of the model");
}

TEST_F(BadGgufTokenizer, NamesTokensThatDoNotFit) {
  expect_contains(message(file("gpt2")), "tokenizer.ggml.tokens");
  expect_contains(message(with_tokens("gpt2", {})), "tokenizer.ggml.tokens is empty");
  expect_contains(message(with_tokens("gpt2", {"a", "\xff"})),
                  "token 1 of tokenizer.ggml.tokens is no UTF-8 text");
  expect_contains(message(by_bytes({"a", "b", "a"}, {})), "tokens 0 and 2 are both 'a'");
  GgufBytes bytes = by_bytes({"a", "b"}, {});
  expect_contains(message(GgufBytes(bytes).key("tokenizer.ggml.token_type", kListType,
                                               list(kIntegerType, {little(int32_t{1})}))),
                  "tokenizer.ggml.token_type has 1 entries for 2 tokens");
  expect_contains(
      message(GgufBytes(bytes).key("tokenizer.ggml.token_type", kListType,
                                   list(kIntegerType, {little(int32_t{1}), little(int32_t{7})}))),
      "token 1 has the type 7; the types 1 to 6 are known");
  expect_contains(message(GgufBytes(bytes).key("tokenizer.ggml.bos_token_id", kIntegerType,
                                               little(int32_t{2}))),
                  "tokenizer.ggml.bos_token_id is 2; ids are 0 to 1");
  expect_contains(message(GgufBytes(bytes).key("tokenizer.ggml.eos_token_id", kWide,
                                               little(~uint64_t{0} >> 1))),
                  "tokenizer.ggml.eos_token_id is 9223372036854775807; ids are 0 to 1");
  EXPECT_NO_THROW(
      load(GgufBytes(bytes).key("tokenizer.ggml.bos_token_id", kIntegerType, little(int32_t{-1}))));
}

TEST_F(BadGgufTokenizer, NamesMergesThatDoNotFit) {
  expect_contains(message(by_bytes({"a", "b"}, {"a b"})), "tokenizer.json");
  expect_contains(message(by_bytes({"a", "b", "ab"}, {"a b", "ab"})),
                  "merge 2 of tokenizer.ggml.merges is 'ab'; two tokens with a space between them");
  expect_contains(message(by_bytes({"a", "b", "ab"}, {"a "})), "merge 1 of tokenizer.ggml.merges");
  expect_contains(message(by_bytes({"a"}, {""})), "merge 1 of tokenizer.ggml.merges");
  expect_contains(message(by_bytes({"a"}, {"\xff a"})),
                  "merge 1 of tokenizer.ggml.merges is no UTF-8 text");
  EXPECT_NO_THROW(load(by_bytes({"a", "b", "ab"}, {"a b"})));
}

TEST_F(BadGgufTokenizer, NamesWhatWordPiecesAndSentencePiecesLack) {
  expect_contains(message(with_tokens("bert", {"[UNK]", "▁a"})),
                  "has no tokenizer.ggml.unknown_token_id; BERT's tokenizer needs it");
  expect_contains(message(with_tokens("llama", {"<unk>", "a"})),
                  "tokenizer.ggml.scores has 0 entries for 2 tokens");
  GgufBytes scored = with_tokens("llama", {"<unk>", "a"});
  scored.key("tokenizer.ggml.scores", kListType, list(kFloatType, {little(0.0F), little(0.0F)}));
  expect_contains(message(scored), "no piece is the unknown one");
  scored.key("tokenizer.ggml.unknown_token_id", kIntegerType, little(int32_t{0}));
  EXPECT_NO_THROW(load(scored));
}

}  // namespace
}  // namespace tessera
