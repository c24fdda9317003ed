#include "framework/tokenizer/hugging_face.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_added_tokens.h"
#include "framework/tokenizer/hugging_face_config.h"
#include "framework/tokenizer/hugging_face_decoder.h"
#include "framework/tokenizer/hugging_face_json.h"
#include "framework/tokenizer/hugging_face_model.h"
#include "framework/tokenizer/hugging_face_normalizer.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/hugging_face_post_processor.h"
#include "framework/tokenizer/hugging_face_pre_tokenizer.h"

namespace tessera {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kOtherFiles = {
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "encoder.json",          "tiktoken.json",           "config.json"};

/// The name of the file, or nothing.
std::string name_of_file(const TokenizerFiles& files) {
  if (files.find("tokenizer.json") != nullptr) return "tokenizer.json";
  for (const auto& [name, text] : files.all()) {
    const bool other = name.starts_with("tekken") ||
                       std::find(kOtherFiles.begin(), kOtherFiles.end(), name) != kOtherFiles.end();
    if (!other && name.ends_with(".json") && text.find("\"model\"") != std::string::npos &&
        text.find("\"vocab\"") != std::string::npos)
      return name;
  }
  return "";
}

/// The value of `key`, or null.
const json& member(const json& object, const char* key) {
  static const json kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

/// The names that special tokens usually have, for files without a word on roles.
constexpr std::array<DefaultRole, 18> kUsualNames = {{{"cls_token", "[CLS]"},
                                                      {"sep_token", "[SEP]"},
                                                      {"mask_token", "[MASK]"},
                                                      {"pad_token", "[PAD]"},
                                                      {"unk_token", "[UNK]"},
                                                      {"mask_token", "<mask>"},
                                                      {"pad_token", "<pad>"},
                                                      {"unk_token", "<unk>"},
                                                      {"bos_token", "<s>"},
                                                      {"eos_token", "</s>"},
                                                      {"bos_token", "<bos>"},
                                                      {"eos_token", "<eos>"},
                                                      {"bos_token", "<|begin_of_text|>"},
                                                      {"eos_token", "<|end_of_text|>"},
                                                      {"bos_token", "<｜begin▁of▁sentence｜>"},
                                                      {"eos_token", "<｜end▁of▁sentence｜>"},
                                                      {"eos_token", "<|endoftext|>"},
                                                      {"eos_token", "<EOT>"}}};

void add_usual_roles(const std::vector<AddedToken>& added, HuggingFaceConfig& config) {
  if (!config.roles.empty()) return;
  for (const auto& [name, content] : kUsualNames)
    for (const AddedToken& token : added)
      if (token.special && token.content == content && config.role(name) == nullptr)
        config.roles.push_back({std::string(name), token});
}

/// The length to which the file has texts cut.
int64_t cut_of(const json& truncation, const std::string& what) {
  return truncation.is_null() ? 0 : count_option(truncation, "max_length", what);
}

}  // namespace

bool holds_hugging_face(const TokenizerFiles& files) { return !name_of_file(files).empty(); }

PipelineParts read_hugging_face(const TokenizerFiles& files, const std::string& where) {
  const std::string name = name_of_file(files);
  require(!name.empty(), "{}: holds no tokenizer.json", where);
  const std::string what = place_of(where, name);
  HuggingFaceJson file = parse_hugging_face_json(*files.find(name), what);
  const std::string version = text_option(file.rest, "version", "1.0", what);
  require(version == "1.0", "{}: \"version\" is '{}'; only 1.0 is known", what, version);

  Normalizer normalizer =
      parse_normalizer(member(file.rest, "normalizer"), what + ": \"normalizer\"");
  PreTokenizer pre_tokenizer =
      parse_pre_tokenizer(member(file.rest, "pre_tokenizer"), what + ": \"pre_tokenizer\"");
  Decoder decoder = parse_decoder(member(file.rest, "decoder"), what + ": \"decoder\"");
  HuggingFaceModel model = make_model(file, pre_tokenizer.byte_level(), what);
  const json& listed = member(file.rest, "added_tokens");
  std::vector<AddedToken> added;
  if (!listed.is_null())
    added =
        number_added_tokens(parse_added_tokens(listed, what + ": \"added_tokens\""), model, what);
  int64_t vocab_size = model.vocabulary().size();
  for (const AddedToken& token : added) vocab_size = std::max<int64_t>(vocab_size, token.id + 1);
  PostProcessor post_processor = parse_post_processor(member(file.rest, "post_processor"),
                                                      vocab_size, what + ": \"post_processor\"");
  HuggingFaceConfig config = read_hugging_face_config(files, where);
  add_usual_roles(added, config);
  const SpecialTokens special = find_special_tokens(config, added, model);
  AddedTokens tokens(std::move(added), normalizer);
  std::unordered_map<int32_t, std::string> written;
  for (const auto& [token, id] : model.unmatched) written.emplace(id, token);
  return {.added = std::move(tokens),
          .normalizer = std::move(normalizer),
          .pre_tokenizer = std::move(pre_tokenizer),
          .model = std::move(model.model),
          .post_processor = std::move(post_processor),
          .decoder = std::move(decoder),
          .special = special,
          .written = std::move(written),
          .cut_to = cut_of(member(file.rest, "truncation"), what + ": \"truncation\"")};
}

}  // namespace tessera
