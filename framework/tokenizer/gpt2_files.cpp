#include "framework/tokenizer/gpt2_files.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_config.h"
#include "framework/tokenizer/hugging_face_json.h"
#include "framework/tokenizer/hugging_face_model.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using Item = PostProcessor::Item;

constexpr std::array<DefaultRole, 3> kGpt2 = {{{"bos_token", "<|endoftext|>"},
                                               {"eos_token", "<|endoftext|>"},
                                               {"unk_token", "<|endoftext|>"}}};
constexpr std::array<DefaultRole, 7> kRoberta = {{{"bos_token", "<s>"},
                                                  {"eos_token", "</s>"},
                                                  {"unk_token", "<unk>"},
                                                  {"sep_token", "</s>"},
                                                  {"pad_token", "<pad>"},
                                                  {"cls_token", "<s>"},
                                                  {"mask_token", "<mask>"}}};

struct Names {
  std::string_view vocabulary, merges;
};
constexpr std::array<Names, 2> kNames = {
    {{"vocab.json", "merges.txt"}, {"encoder.json", "vocab.bpe"}}};

const Names* names_of(const TokenizerFiles& files) {
  for (const Names& names : kNames)
    if (files.find(names.vocabulary) != nullptr) return &names;
  return nullptr;
}

HuggingFaceJson::Merges read_merges(std::string_view text, const std::string& what) {
  require(is_utf8(text), "{}: is not UTF-8; save it as UTF-8", what);
  HuggingFaceJson::Merges merges;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with("#version")) merges.push_back(split_merge(line, merges.size() + 1, what));
    at = end + 1;
  }
  return merges;
}

/// Whether the files are RoBERTa's. Its class cannot be told from its vocabulary for sure, and its
/// texts have other special tokens around them.
bool is_roberta(const TokenizerFiles& files, const std::string& where,
                const HuggingFaceJson::Ids& ids) {
  const HuggingFaceConfig config = read_hugging_face_config(files, where);
  std::string name = text_option(config.options, "tokenizer_class", "", config.what);
  if (name.empty()) {
    const auto has = [&](std::string_view token) {
      return std::any_of(ids.begin(), ids.end(),
                         [&](const auto& entry) { return entry.first == token; });
    };
    require(has("<|endoftext|>") || !has("</s>"),
            "{}: looks like RoBERTa's; write a tokenizer_config.json with \"tokenizer_class\": "
            "\"RobertaTokenizer\" or \"GPT2Tokenizer\" beside it",
            where);
    return false;
  }
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  require(name == "GPT2Tokenizer" || name == "RobertaTokenizer",
          "{}: \"tokenizer_class\" is {}, which is not known to this program to have a vocab.json; "
          "load it with transformers and save it, which writes a tokenizer.json",
          config.what, name);
  return name == "RobertaTokenizer";
}

PostProcessor roberta_frame(const SpecialTokens& special) {
  const Item cls{Item::Kind::special, special.cls, 0}, sep{Item::Kind::special, special.sep, 0};
  PostProcessor made;
  made.single = {cls, {.kind = Item::Kind::first}, sep};
  made.pair = made.single;
  made.pair.push_back(sep);
  made.pair.push_back({.kind = Item::Kind::second});
  made.pair.push_back(sep);
  return made;
}

/// "add_bos_token" and "add_eos_token" put a token before and after every text. RoBERTa's tokenizer
/// minds neither.
PostProcessor plain_frame(const HuggingFaceConfig& config, const SpecialTokens& special) {
  const auto asked = [&](const char* name) {
    return flag_option(config.options, name, false, config.what);
  };
  const int32_t bos = asked("add_bos_token") ? special.begin_of_text : SpecialTokens::kNone;
  const int32_t eos = asked("add_eos_token") ? special.end_of_text : SpecialTokens::kNone;
  PostProcessor made{.single = {}, .pair = {}};
  const auto add = [&](std::vector<Item>& items, Item::Kind text, int32_t type) {
    if (bos != SpecialTokens::kNone) items.push_back({Item::Kind::special, bos, type});
    items.push_back({.kind = text, .type = type});
    if (eos != SpecialTokens::kNone) items.push_back({Item::Kind::special, eos, type});
  };
  add(made.single, Item::Kind::first, 0);
  add(made.pair, Item::Kind::first, 0);
  add(made.pair, Item::Kind::second, 1);
  return made;
}

}  // namespace

bool holds_gpt2_files(const TokenizerFiles& files) { return names_of(files) != nullptr; }

PipelineParts read_gpt2_files(const TokenizerFiles& files, const std::string& where) {
  const Names* names = names_of(files);
  require(names != nullptr, "{}: holds no vocab.json", where);
  const std::string* merges = files.find(names->merges);
  require(merges != nullptr, "{}: {} needs {} beside it", where, names->vocabulary, names->merges);
  const std::string what = place_of(where, names->vocabulary);
  HuggingFaceJson::Ids ids = parse_vocabulary_json(*files.find(names->vocabulary), what);
  const bool roberta = is_roberta(files, where, ids);
  const HuggingFaceConfig config = read_hugging_face_config(
      files, where,
      roberta ? std::span<const DefaultRole>(kRoberta) : std::span<const DefaultRole>(kGpt2));
  HuggingFaceModel model = make_byte_level_model(
      std::move(ids), read_merges(*merges, place_of(where, names->merges)), what);
  std::vector<AddedToken> added = number_added_tokens(config.to_add(), model, where);
  const SpecialTokens special = find_special_tokens(config, added, model);
  if (roberta)
    require(special.cls >= 0 && special.sep >= 0,
            "{}: \"cls_token\" and \"sep_token\" are needed by RoBERTa's tokenizer", config.what);
  ByteLevelStep step;
  step.add_prefix_space = flag_option(config.options, "add_prefix_space", false, config.what);
  AddedTokens tokens(std::move(added), Normalizer());
  return {.added = std::move(tokens),
          .normalizer = Normalizer(),
          .pre_tokenizer = PreTokenizer({step}),
          .model = std::move(model.model),
          .post_processor = roberta ? roberta_frame(special) : plain_frame(config, special),
          .decoder = Decoder({ByteLevelDecoder{}}),
          .special = special};
}

}  // namespace tessera
