#include "framework/tokenizer/gguf_tokenizer.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/formats/gguf_file.h"
#include "framework/tokenizer/gguf_pre_tokenizers.h"
#include "framework/tokenizer/gguf_sentence_piece.h"
#include "framework/tokenizer/gguf_vocabulary.h"

namespace tessera {
namespace {

using nlohmann::json;
using Files = std::map<std::string, std::string>;
using Kind = GgufTokenKind;

constexpr std::string_view kMark = "▁";

json special_item(const std::string& token, int type) {
  return {{"SpecialToken", {{"id", token}, {"type_id", type}}}};
}

/// What stands around a text: the tokens under the two keys, either of which may be null.
json frame(const GgufVocabulary& vocabulary, const char* before, const char* after) {
  json single = json::array(), specials = json::object();
  const auto add = [&](const char* key) {
    const std::string token = key == nullptr ? "" : vocabulary.token(key);
    if (token.empty()) return json();
    specials[token] = {{"id", token}, {"ids", {vocabulary.id(key)}}, {"tokens", {token}}};
    return special_item(token, 0);
  };
  if (json item = add(before); !item.is_null()) single.push_back(std::move(item));
  single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0}}}});
  const json last = add(after);
  if (!last.is_null()) single.push_back(last);
  if (specials.empty()) return nullptr;
  json pair = single;
  pair.push_back({{"Sequence", {{"id", "B"}, {"type_id", 1}}}});
  if (!last.is_null()) pair.push_back(special_item(last["SpecialToken"]["id"], 1));
  return {{"type", "TemplateProcessing"},
          {"single", single},
          {"pair", pair},
          {"special_tokens", specials}};
}

/// The tokenizer.json around a model.
json around(const GgufVocabulary& vocabulary, json model) {
  return {{"version", "1.0"},          {"truncation", nullptr},
          {"padding", nullptr},        {"added_tokens", vocabulary.added_tokens()},
          {"normalizer", nullptr},     {"pre_tokenizer", nullptr},
          {"post_processor", nullptr}, {"decoder", nullptr},
          {"model", std::move(model)}};
}

json bpe(const GgufVocabulary& vocabulary) {
  return {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", nullptr},
          {"continuing_subword_prefix", nullptr},
          {"end_of_word_suffix", nullptr},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", vocabulary.ids()},
          {"merges", vocabulary.merges()}};
}

/// The files of a tokenizer.json whose texts are framed as the file asks for.
Files framed(const GgufVocabulary& vocabulary, json file, bool opens) {
  const bool add_bos = vocabulary.flag("add_bos_token", opens);
  const bool add_eos = vocabulary.flag("add_eos_token", false);
  file["post_processor"] =
      frame(vocabulary, add_bos ? "bos_token_id" : nullptr, add_eos ? "eos_token_id" : nullptr);
  return {{"tokenizer.json", file.dump()},
          {"tokenizer_config.json", vocabulary.config(add_bos, add_eos)}};
}

Files byte_level(const GgufVocabulary& vocabulary) {
  const GgufPreTokenizer pre = gguf_pre_tokenizer(vocabulary.text("pre"), vocabulary.what());
  json file = around(vocabulary, bpe(vocabulary));
  file["model"]["ignore_merges"] = pre.whole_pieces_first;
  file["pre_tokenizer"] = pre.part;
  file["decoder"] = {{"type", "ByteLevel"},
                     {"add_prefix_space", true},
                     {"trim_offsets", true},
                     {"use_regex", true}};
  return framed(vocabulary, std::move(file), pre.opens_texts);
}

/// Gemma's later tokenizers: merges over characters with marks for spaces, cut at line ends only.
Files characters(const GgufVocabulary& vocabulary) {
  json file = around(vocabulary, bpe(vocabulary));
  file["model"]["byte_fallback"] = true;
  file["model"]["fuse_unk"] = true;
  if (const std::string unknown = vocabulary.token("unknown_token_id"); !unknown.empty())
    file["model"]["unk_token"] = unknown;
  file["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", kMark}};
  file["pre_tokenizer"] = {{"type", "Split"},
                           {"pattern", {{"Regex", "[^\\n]+|[\\n]+"}}},
                           {"behavior", "Isolated"},
                           {"invert", false}};
  json back = {{"type", "Replace"}, {"pattern", {{"String", kMark}}}, {"content", " "}};
  file["decoder"] = {
      {"type", "Sequence"},
      {"decoders", {std::move(back), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}}}};
  return framed(vocabulary, std::move(file), false);
}

/// BERT's words begin with a mark here, and what goes on a word has none: the other way round than
/// in a vocab.txt.
Files word_piece(GgufVocabulary& vocabulary) {
  for (size_t id = 0; id < vocabulary.size(); ++id) {
    std::string& text = vocabulary.texts[id];
    if (text.starts_with(kMark))
      text.erase(0, kMark.size());
    else if (vocabulary.kinds[id] == Kind::normal &&
             !(text.starts_with('[') && text.ends_with(']')))
      text.insert(0, "##");
  }
  for (const char* key : {"unknown_token_id", "cls_token_id", "seperator_token_id"})
    require(vocabulary.id(key) >= 0, "{}: has no tokenizer.ggml.{}; BERT's tokenizer needs it",
            vocabulary.what(), key);
  json file = around(vocabulary, {{"type", "WordPiece"},
                                  {"unk_token", vocabulary.token("unknown_token_id")},
                                  {"continuing_subword_prefix", "##"},
                                  {"max_input_chars_per_word", 100},
                                  {"vocab", vocabulary.ids()}});
  // The format does not say whether letters keep their case; a vocabulary tells.
  file["normalizer"] = {{"type", "BertNormalizer"},
                        {"clean_text", true},
                        {"handle_chinese_chars", true},
                        {"strip_accents", nullptr},
                        {"lowercase", true}};
  file["pre_tokenizer"] = {{"type", "BertPreTokenizer"}};
  file["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  file["post_processor"] = frame(vocabulary, "cls_token_id", "seperator_token_id");
  return {{"tokenizer.json", file.dump()},
          {"tokenizer_config.json", vocabulary.config(false, false)}};
}

Files sentence_piece(const GgufVocabulary& vocabulary, SentencePieceFile::Algorithm algorithm) {
  const bool bpe = algorithm == SentencePieceFile::Algorithm::bpe;
  return {{"tokenizer.model", gguf_sentence_piece(vocabulary, algorithm)},
          {"tokenizer_config.json", vocabulary.config(vocabulary.flag("add_bos_token", bpe),
                                                      vocabulary.flag("add_eos_token", !bpe))}};
}

}  // namespace

bool is_gguf(const std::filesystem::path& path) {
  char magic[4] = {};
  std::ifstream file(path, std::ios::binary);
  return file.read(magic, sizeof magic) && std::string_view(magic, sizeof magic) == "GGUF";
}

Files gguf_tokenizer_files(const std::filesystem::path& path) {
  const GgufFile file(path);
  const std::string what = path.string();
  require(file.metadata().has("tokenizer.ggml.model"), "{}: holds no tokenizer", what);
  const std::string model = file.metadata().text("tokenizer.ggml.model");
  constexpr std::string_view kModels = "gpt2, llama, t5, bert, gemma4";
  const auto known = [&](std::string_view name) { return model == name; };
  require(known("gpt2") || known("llama") || known("t5") || known("bert") || known("gemma4"),
          "{}: tokenizer.ggml.model is '{}', which is not known to this program (known: {}); give "
          "the tokenizer files of the model in place of this file",
          what, model, kModels);
  GgufVocabulary vocabulary(file.metadata(), what);
  if (known("gpt2")) return byte_level(vocabulary);
  if (known("bert")) return word_piece(vocabulary);
  if (known("gemma4")) return characters(vocabulary);
  return sentence_piece(vocabulary, known("llama") ? SentencePieceFile::Algorithm::bpe
                                                   : SentencePieceFile::Algorithm::unigram);
}

}  // namespace tessera
