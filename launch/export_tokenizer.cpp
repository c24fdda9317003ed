#include "launch/export_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/core/json.h"
#include "framework/data/example_form.h"
#include "framework/tokenizer/gguf_pre_tokenizers.h"
#include "framework/tokenizer/state_post_processor.h"
#include "framework/tokenizer/transformers_files.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char *kFile = "tokenizer_config.json", *kLength = "model_max_length";
constexpr double kMost = 1e9;  // transformers writes 1e30 for no length

Json config_in(const TokenizerFiles& files) {
  const std::string* text = files.find(kFile);
  return text == nullptr ? Json::object() : parse_ordered_json_object(*text, kFile);
}

int64_t length_in(const Json& config) {
  const auto found = config.find(kLength);
  if (found == config.end() || !found->is_number()) return 0;
  const auto length = found->get<double>();
  return length >= 1 && length < kMost ? static_cast<int64_t>(length) : 0;
}

TokenizerFiles with_length(const TokenizerFiles& files, int64_t length) {
  Json config = config_in(files);
  config[kLength] = length;
  std::map<std::string, std::string> all = files.all();
  all[kFile] = config.dump(2) + "\n";
  return TokenizerFiles(std::move(all));
}

/// Those files with the special tokens around a text that a classifier was trained with.
TokenizerFiles with_special_tokens(TokenizerFiles files, const ModelSource& source,
                                   const std::string& where, std::vector<std::string>& notes) {
  const Tokenizer& came = *source.tokenizer;
  const PostProcessor form = ExampleForm(came, source.config.sequence_length()).parts();
  const Pipeline* parts = came.pipeline();
  if (parts && parts->parts().post_processor.single == form.single) return files;
  notes.emplace_back(
      "tokenizer.json states the special tokens around a text that the model was trained with");
  return with_post_processor(Tokenizer(std::move(files), where), form, where);
}

}  // namespace

TokenizerFiles exported_tokenizer(const ModelSource& source, const OutsideFamily& family,
                                  std::vector<std::string>& notes) {
  const Config& config = source.config;
  const std::string where = "export: " + source.place.string();
  const Tokenizer& came = *source.tokenizer;
  const bool trained_to_classify = config.task.classifies() && !source.outside;
  TransformersNeeds needs{.begins = source.marks.opened()};
  if (!source.outside) needs.most_tokens = config.model.context;
  TokenizerFiles files = transformers_files(came, needs, where, notes);
  const Pipeline* parts = came.pipeline();
  if (!family.cuts.empty() &&
      (!parts || gguf_pre_tokenizer_name(parts->parts().pre_tokenizer, false) != family.cuts))
    notes.push_back(fmt::format(
        "transformers 5 reads every tokenizer of a model of the type {} as that family's own, "
        "which gives other ids than this one; load it with "
        "PreTrainedTokenizerFast.from_pretrained",
        family.model_type));
  if (trained_to_classify) files = with_special_tokens(std::move(files), source, where, notes);
  const int64_t stated = length_in(config_in(files)), context = config.model.context;
  const int64_t length = trained_to_classify ? config.sequence_length() : std::min(stated, context);
  if (length == stated) return files;
  if (stated > context)
    notes.push_back(fmt::format("{}: {} is {}, and was {}", kFile, kLength, length, stated));
  return with_length(files, length);
}

int64_t stated_length(const Tokenizer& tokenizer) {
  return length_in(config_in(tokenizer.files()));
}

}  // namespace tessera
