#include "framework/tokenizer/hugging_face.h"

#include <gtest/gtest.h>

#include "framework/tokenizer/bert_vocab.h"
#include "framework/tokenizer/gpt2_files.h"
#include "framework/tokenizer/hugging_face_added_tokens.h"
#include "framework/tokenizer/hugging_face_normalizer.h"
#include "tests/tokenizer/golden_json.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;
using nlohmann::json;

PipelineParts read(const std::string& text) {
  return read_hugging_face(TokenizerFiles({{"tokenizer.json", text}}), "test");
}

Ids encode(const Pipeline& pipeline, std::string_view text) {
  Ids ids;
  WordCache cache(text.size());
  pipeline.encode(text, {}, cache, ids);
  return ids;
}

int32_t id_of(const json& role) {
  return role.is_null() ? SpecialTokens::kNone : role.get<int32_t>();
}

void expect_same(const AddedToken& token, const json& golden) {
  EXPECT_EQ(token.content, golden["content"].get<std::string>());
  EXPECT_EQ(token.id, golden["id"].get<int32_t>());
  EXPECT_EQ(token.special, golden["special"].get<bool>());
  EXPECT_EQ(token.single_word, golden["single_word"].get<bool>());
  EXPECT_EQ(token.left_strip, golden["lstrip"].get<bool>());
  EXPECT_EQ(token.right_strip, golden["rstrip"].get<bool>());
  EXPECT_EQ(token.normalized, golden["normalized"].get<bool>());
}

void expect_same(const PipelineParts& parts, const json& golden) {
  std::vector<AddedToken> added = parts.added.list();
  std::sort(added.begin(), added.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  ASSERT_EQ(added.size(), golden["added"].size());
  for (size_t i = 0; i < added.size(); ++i) expect_same(added[i], golden["added"][i]);
  const SpecialTokens& special = parts.special;
  const std::pair<const char*, int32_t> roles[] = {
      {"bos", special.begin_of_text}, {"eos", special.end_of_text}, {"unk", special.unknown},
      {"sep", special.sep},           {"pad", special.pad},         {"cls", special.cls},
      {"mask", special.mask}};
  for (const auto& [name, id] : roles) EXPECT_EQ(id, id_of(golden["roles"][name])) << name;
  ASSERT_EQ(parts.normalizer.empty(), golden["normalizer"].is_null());
  if (parts.normalizer.empty()) return;
  const Normalizer wanted = parse_normalizer(golden["normalizer"], "golden");
  const auto& step = std::get<BertNormalizer>(parts.normalizer.steps().at(0));
  const auto& same = std::get<BertNormalizer>(wanted.steps().at(0));
  EXPECT_EQ(step.clean_text, same.clean_text);
  EXPECT_EQ(step.cjk_characters, same.cjk_characters);
  EXPECT_EQ(step.strip_accents, same.strip_accents);
  EXPECT_EQ(step.lower_case, same.lower_case);
}

TEST(HuggingFaceFolders, TokenizersAreThoseOfTransformers) {
  const json golden = golden_json("folders.json");
  for (const json& one : golden["cases"]) {
    SCOPED_TRACE(one["files"].dump());
    const TokenizerFiles files(one["files"].get<std::map<std::string, std::string>>());
    const bool bert = one["kind"] == "BertTokenizer";
    EXPECT_EQ(holds_bert_vocab(files), bert);
    EXPECT_EQ(holds_gpt2_files(files), !bert);
    EXPECT_FALSE(holds_hugging_face(files));
    PipelineParts parts = bert ? read_bert_vocab(files, "dir") : read_gpt2_files(files, "dir");
    expect_same(parts, one);
    const PostProcessor frame = parts.post_processor;
    const Pipeline pipeline(std::move(parts));
    EXPECT_EQ(frame.apply(encode(pipeline, "a")), one["single"].get<Ids>());
    EXPECT_EQ(frame.apply(encode(pipeline, "a"), encode(pipeline, "b")), one["pair"].get<Ids>());
    for (size_t i = 0; i < golden["texts"].size(); ++i) {
      const auto text = golden["texts"][i].get<std::string>();
      EXPECT_EQ(encode(pipeline, text), one["encodings"][i].get<Ids>()) << "'" << text << "'";
    }
  }
}

TEST(HuggingFace, ModelsOfOldFilesAreKnownByTheirOptions) {
  const auto model = [](const std::string& options) {
    return read(R"({"model": {)" + options + "}}").model;
  };
  EXPECT_TRUE(std::holds_alternative<Bpe>(model(R"("merges": [], "vocab": {"a": 0})")));
  EXPECT_TRUE(std::holds_alternative<WordPiece>(
      model(R"("vocab": {"a": 0}, "unk_token": "a", "continuing_subword_prefix": "##",
               "max_input_chars_per_word": 9)")));
  EXPECT_TRUE(std::holds_alternative<WordLevel>(model(R"("vocab": {"a": 0}, "unk_token": "a")")));
  EXPECT_TRUE(
      std::holds_alternative<Unigram>(model(R"("unk_id": 0, "vocab": [["a", 0], ["b", -2.5]])")));
}

TEST(HuggingFace, MergesAreTextsOrPairs) {
  for (const char* merges :
       {R"(["#version: 0.2", "a b", "ab a"])", R"([["a", "b"], ["ab", "a"]])"}) {
    const PipelineParts parts = read(
        R"({"model": {"type": "BPE", "unk_token": "<unk>", "dropout": 0.0, "fuse_unk": true,
             "vocab": {"<unk>": 0, "a": 1, "b": 2, "ab": 3, "aba": 4}, "merges": )" +
        std::string(merges) + "}}");
    const auto& model = std::get<Bpe>(parts.model);
    EXPECT_EQ(model.options().unknown, 0);
    EXPECT_TRUE(model.options().fuse_unknown);
    Ids ids;
    model.encode("abaxxb", ids);
    EXPECT_EQ(ids, (Ids{4, 0, 2}));
  }
}

std::string byte_level(const std::string& model) {
  return R"({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
             "use_regex": true}, "decoder": {"type": "ByteLevel"}, "model": )" +
         model + "}";
}

TEST(HuggingFace, ByteLevelVocabulariesBecomeBytes) {
  const PipelineParts parts = read(byte_level(
      R"({"type": "BPE", "vocab": {"Ġ": 0, "Ã": 1, "©": 2, "Ã©": 3, "日本": 4, "<a b>": 5, "日": 6},
          "merges": ["Ã ©", "日 日本"]})"));
  const auto& model = std::get<Bpe>(parts.model);
  EXPECT_TRUE(model.options().bytes);
  EXPECT_EQ(model.vocabulary().token(0), " ");
  EXPECT_EQ(model.vocabulary().token(3), "é");
  Ids ids;
  model.encode(" é", ids);
  EXPECT_EQ(ids, (Ids{0, 3}));
  ids.clear();
  model.encode("日本", ids);  // its bytes are no tokens; the token of that spelling is never found
  EXPECT_TRUE(ids.empty());
}

TEST(HuggingFace, ByteLevelTokensOutsideTheAlphabetAreDecodedAsTheyAreWritten) {
  const Pipeline pipeline(
      read(byte_level(R"({"type": "BPE", "vocab": {"a": 0, "Ġb": 1, "€x": 2}, "merges": []})")));
  EXPECT_EQ(pipeline.decode(Ids{0, 2, 1}), "a€x b");
  EXPECT_EQ(pipeline.vocab_size(), 3);
}

TEST(HuggingFace, AnAddedTokenMayBeSpelledAsNoBytesAre) {
  const Pipeline pipeline(read(
      R"({"added_tokens": [{"id": 1, "content": "<日 本>", "single_word": false, "lstrip": false,
                            "rstrip": false, "normalized": false, "special": false}],)" +
      byte_level(R"({"type": "BPE", "vocab": {"a": 0, "<日 本>": 1}, "merges": []})").substr(1)));
  EXPECT_EQ(encode(pipeline, "a<日 本>a"), (Ids{0, 1, 0}));
  EXPECT_EQ(pipeline.decode(Ids{0, 1}), "a<日 本>");
  EXPECT_EQ(pipeline.vocab_size(), 2);
}

TEST(HuggingFace, RolesAreFoundByTheirUsualNames) {
  const auto token = [](const std::string& content, int id) {
    return json{{"content", content},  {"id", id},        {"special", true},
                {"lstrip", false},     {"rstrip", false}, {"normalized", false},
                {"single_word", false}};
  };
  const json file = {{"added_tokens", {token("[PAD]", 1), token("[CLS]", 2), token("[SEP]", 3)}},
                     {"model", {{"type", "WordLevel"}, {"vocab", {{"a", 0}}}, {"unk_token", "a"}}}};
  const SpecialTokens found = read(file.dump()).special;
  EXPECT_EQ(found.pad, 1);
  EXPECT_EQ(found.cls, 2);
  EXPECT_EQ(found.sep, 3);
  EXPECT_EQ(found.end_of_document, 3);
  EXPECT_EQ(found.mask, SpecialTokens::kNone);

  const SpecialTokens named =
      read_hugging_face(TokenizerFiles({{"tokenizer.json", file.dump()},
                                        {"tokenizer_config.json",
                                         R"({"eos_token": {"content": "[CLS]"}, "pad_token": "a",
                               "mask_token": "<not there>"})"}}),
                        "dir")
          .special;
  EXPECT_EQ(named.end_of_text, 2);
  EXPECT_EQ(named.end_of_document, 2);
  EXPECT_EQ(named.pad, 0);
  EXPECT_EQ(named.cls, SpecialTokens::kNone);
  EXPECT_EQ(named.mask, SpecialTokens::kNone);
}

TEST(HuggingFace, AFileOfAnotherNameIsKnownByItsContent) {
  const std::string text = R"({"model": {"vocab": {"a": 0}, "unk_token": "a"}})";
  EXPECT_TRUE(holds_hugging_face(TokenizerFiles({{"claude.json", text}})));
  EXPECT_FALSE(holds_hugging_face(TokenizerFiles({{"vocab.json", text}})));
  EXPECT_FALSE(holds_hugging_face(TokenizerFiles({{"claude.json", std::string("{}")}})));
}

}  // namespace
}  // namespace tessera
