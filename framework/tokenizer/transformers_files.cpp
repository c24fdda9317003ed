#include "framework/tokenizer/transformers_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/ranked_tokenizer_json.h"
#include "framework/tokenizer/sentence_piece_file.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;
using Files = std::map<std::string, std::string>;

constexpr const char* kConfig = "tokenizer_config.json";
constexpr std::string_view kAnyClass = "PreTrainedTokenizerFast";

/// The class that reads files of a kind and nothing else into them.
std::string_view class_of(std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kClasses{
      {{"vocab.json and merges.txt", "GPT2Tokenizer"},
       {"vocab.txt", "BertTokenizer"},
       {"sentencepiece", "LlamaTokenizer"}}};
  for (const auto& [known, name] : kClasses)
    if (known == kind) return name;
  return kAnyClass;
}

void rename(Files& files, const std::string& from, const std::string& to) {
  if (from == to || files.contains(to)) return;
  if (auto file = files.extract(from); !file.empty()) {
    file.key() = to;
    files.insert(std::move(file));
  }
}

bool is_bpe(const std::string& model, const std::string& where) {
  return SentencePieceFile::read(model, where).algorithm == SentencePieceFile::Algorithm::bpe;
}

/// The class that a tokenizer_config.json names; empty where it names none.
std::string stated_class(const Json& config, const std::string& where) {
  const auto found = config.find("tokenizer_class");
  if (found == config.end() || found->is_null()) return {};
  require(found->is_string(), "{}: \"tokenizer_class\": a text is expected in place of a {}", where,
          found->type_name());
  return found->get<std::string>();
}

void state_roles(Json& config, const Tokenizer& tokenizer) {
  const SpecialTokens& special = tokenizer.special();
  const auto state = [&](const char* role, int32_t id) {
    if (id >= 0 && !config.contains(role)) config[role] = tokenizer.token(id);
  };
  state("bos_token", special.begin_of_text);
  state("eos_token", special.end_of_text >= 0 ? special.end_of_text : special.end_of_document);
  state("unk_token", special.unknown);
  state("pad_token", special.pad);
  state("cls_token", special.cls);
  state("sep_token", special.sep);
  state("mask_token", special.mask);
}

}  // namespace

TokenizerFiles transformers_files(const Tokenizer& tokenizer, const TransformersNeeds& needs,
                                  const std::string& where, std::vector<std::string>& notes) {
  Files files = tokenizer.files().all();
  if (files.empty()) return {};
  const std::string_view kind = tokenizer.kind();
  bool reads_model = true;
  const bool ranks = kind == "tiktoken" || kind == "tekken";
  if (ranks) {
    files = {{"tokenizer.json", ranked_tokenizer_json(*tokenizer.pipeline(), where)}};
    notes.push_back(
        fmt::format("the tokenizer, of the kind {}, is written as a tokenizer.json", kind));
  } else if (kind == "tokenizer.json") {
    if (!files.contains("tokenizer.json") && files.size() == 1)
      rename(files, files.begin()->first, "tokenizer.json");
  } else if (kind == "vocab.json and merges.txt") {
    rename(files, "encoder.json", "vocab.json");
    rename(files, "vocab.bpe", "merges.txt");
  } else if (kind == "sentencepiece") {
    const std::string name = file_of_tokens(tokenizer);
    reads_model = is_bpe(files.at(name), where);
    rename(files, name, "tokenizer.model");
    notes.emplace_back(
        reads_model
            ? "transformers needs the Python packages sentencepiece and protobuf for tokenizer.model"
            : "transformers has no class that gives the ids of this tokenizer.model, which is no BPE; "
              "load it with the Python package sentencepiece");
  }
  Json config = Json::object();
  const auto came = files.find(kConfig);
  if (came != files.end()) config = parse_ordered_json_object(came->second, where + ": " + kConfig);
  const Json before = config;
  const std::string stated = stated_class(config, where + ": " + kConfig);
  if (stated.empty()) {
    config["tokenizer_class"] = reads_model ? class_of(kind) : kAnyClass;
    if (kind == "sentencepiece" || (came == files.end() && class_of(kind) == kAnyClass))
      state_roles(config, tokenizer);
  } else if (stated == "TokenizersBackend") {  // what transformers 5 calls it, and 4 does not know
    config["tokenizer_class"] = kAnyClass;
  }
  const auto state = [&](const char* name, auto value) {
    if (!config.contains(name)) config[name] = value;
  };
  if (kind == "sentencepiece") state("add_bos_token", needs.begins);
  if (ranks) state("clean_up_tokenization_spaces", false);
  if (needs.most_tokens > 0) state("model_max_length", needs.most_tokens);
  if (config != before) files[kConfig] = config.dump(2) + "\n";
  return TokenizerFiles(std::move(files));
}

}  // namespace tessera
