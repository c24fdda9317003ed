#include "framework/tokenizer/write_hugging_face.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

// Llama 3's, as its tokenizer.json has it.
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Json normalizer(TrainingNormalizer kind) {
  if (kind == TrainingNormalizer::nfc) return {{"type", "NFC"}};
  if (kind == TrainingNormalizer::bert_lower)
    return {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", true},
            {"strip_accents", nullptr},
            {"lowercase", true}};
  return nullptr;
}

Json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", use_regex}};
}

Json byte_level_pre_tokenizer(TrainingPreTokenizer kind) {
  if (kind == TrainingPreTokenizer::gpt2) return byte_level(true);
  Json first = {{"type", "BertPreTokenizer"}};
  if (kind == TrainingPreTokenizer::llama3)
    first = {{"type", "Split"},
             {"pattern", {{"Regex", kLlama3}}},
             {"behavior", "Isolated"},
             {"invert", false}};
  return {{"type", "Sequence"}, {"pretokenizers", Json::array({first, byte_level(false)})}};
}

template <typename Visit>
void for_each_special(const std::vector<std::string>& tokens,
                      const std::vector<std::string>& specials, Visit&& visit) {
  for (size_t id = 0; id < tokens.size(); ++id)
    if (std::ranges::find(specials, tokens[id]) != specials.end()) visit(tokens[id], id);
}

Json added_tokens(const std::vector<std::string>& tokens,
                  const std::vector<std::string>& specials) {
  Json added = Json::array();
  for_each_special(tokens, specials, [&](const std::string& token, size_t id) {
    added.push_back({{"id", id},
                     {"content", token},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  });
  return added;
}

Json vocabulary(const std::vector<std::string>& tokens) {
  Json ids = Json::object();
  for (size_t id = 0; id < tokens.size(); ++id)
    ids.get_ref<Json::object_t&>().emplace_back(tokens[id], id);
  return ids;
}

// [CLS] text [SEP], and [CLS] first [SEP] second [SEP], as BERT has them; null without those tokens.
Json template_processing(const std::vector<std::string>& tokens,
                         const std::vector<std::string>& specials) {
  Json known = Json::object();
  for_each_special(tokens, specials, [&](const std::string& token, size_t id) {
    if (token == "[CLS]" || token == "[SEP]")
      known[token] = {{"id", token}, {"ids", {id}}, {"tokens", {token}}};
  });
  if (known.size() != 2) return nullptr;
  const auto special = [](const char* token, int type) -> Json {
    return {{"SpecialToken", {{"id", token}, {"type_id", type}}}};
  };
  const auto text = [](const char* name, int type) -> Json {
    return {{"Sequence", {{"id", name}, {"type_id", type}}}};
  };
  return {{"type", "TemplateProcessing"},
          {"single", Json::array({special("[CLS]", 0), text("A", 0), special("[SEP]", 0)})},
          {"pair", Json::array({special("[CLS]", 0), text("A", 0), special("[SEP]", 0),
                                text("B", 1), special("[SEP]", 1)})},
          {"special_tokens", known}};
}

std::string config(const TokenizerShape& shape) {
  static const std::vector<std::pair<const char*, std::vector<const char*>>> roles = {
      {"bos_token", {"<s>", "<|endoftext|>"}},
      {"eos_token", {"</s>", "<|endoftext|>"}},
      {"pad_token", {"[PAD]", "<pad>", "<|pad|>"}},
      {"unk_token", {"[UNK]", "<unk>"}},
      {"cls_token", {"[CLS]"}},
      {"sep_token", {"[SEP]"}},
      {"mask_token", {"[MASK]", "<mask>"}}};
  Json json = {{"tokenizer_class", "PreTrainedTokenizerFast"},
               {"clean_up_tokenization_spaces", false}};
  if (shape.most_tokens > 0) json["model_max_length"] = shape.most_tokens;
  for (const auto& [role, names] : roles) {
    const auto name = std::ranges::find_if(names, [&](const char* one) {
      return std::ranges::find(shape.specials, one) != shape.specials.end();
    });
    if (name != names.end()) json[role] = *name;
  }
  return json.dump(2) + "\n";
}

std::string whole(const TokenizerShape& shape, const std::vector<std::string>& tokens,
                  const Json& pre_tokenizer, const Json& post_processor, const Json& decoder,
                  const Json& model) {
  const Json json = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", added_tokens(tokens, shape.specials)},
                     {"normalizer", normalizer(shape.normalizer)},
                     {"pre_tokenizer", pre_tokenizer},
                     {"post_processor", post_processor},
                     {"decoder", decoder},
                     {"model", model}};
  try {
    return json.dump(1) + "\n";
  } catch (const nlohmann::json::exception&) {
    user_error("a special token is not UTF-8 text; tokenizer.json cannot hold it");
  }
}

}  // namespace

TokenizerFiles hugging_face_files(const TrainedBpe& bpe, const TokenizerShape& shape) {
  Json merges = Json::array();
  for (const auto& [left, right] : bpe.merges) merges.push_back({left, right});
  const Json model = {{"type", "BPE"},
                      {"dropout", nullptr},
                      {"unk_token", nullptr},
                      {"continuing_subword_prefix", nullptr},
                      {"end_of_word_suffix", nullptr},
                      {"fuse_unk", false},
                      {"byte_fallback", false},
                      {"ignore_merges", false},
                      {"vocab", vocabulary(bpe.tokens)},
                      {"merges", merges}};
  return TokenizerFiles(
      {{"tokenizer.json",
        whole(shape, bpe.tokens, byte_level_pre_tokenizer(shape.pre_tokenizer),
              template_processing(bpe.tokens, shape.specials), byte_level(true), model)},
       {"tokenizer_config.json", config(shape)}});
}

TokenizerFiles hugging_face_files(const std::vector<std::string>& tokens,
                                  const TokenizerShape& shape) {
  require(shape.pre_tokenizer == TrainingPreTokenizer::bert,
          "WordPiece cuts words at white space and punctuation: use the pre-tokenizer 'bert'");
  require(std::ranges::find(shape.specials, "[UNK]") != shape.specials.end(),
          "WordPiece needs the special token [UNK]; add it to the special tokens");
  const Json model = {{"type", "WordPiece"},
                      {"unk_token", "[UNK]"},
                      {"continuing_subword_prefix", "##"},
                      {"max_input_chars_per_word", 100},
                      {"vocab", vocabulary(tokens)}};
  std::string lines;
  for (const std::string& token : tokens) lines += token + "\n";
  return TokenizerFiles(
      {{"tokenizer.json",
        whole(shape, tokens, {{"type", "BertPreTokenizer"}},
              template_processing(tokens, shape.specials),
              {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}, model)},
       {"tokenizer_config.json", config(shape)},
       {"vocab.txt", std::move(lines)}});
}

}  // namespace tessera
