#include "framework/tokenizer/state_post_processor.h"

#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;
using Item = PostProcessor::Item;

Json template_of(const PostProcessor& form, const Tokenizer& tokenizer) {
  Json specials = Json::object();
  const auto list = [&](const std::vector<Item>& items) {
    Json out = Json::array();
    for (const Item& item : items) {
      if (item.kind != Item::Kind::special) {
        const char* name = item.kind == Item::Kind::first ? "A" : "B";
        out.push_back({{"Sequence", {{"id", name}, {"type_id", item.type}}}});
        continue;
      }
      const std::string token = tokenizer.token(item.id);
      out.push_back({{"SpecialToken", {{"id", token}, {"type_id", item.type}}}});
      specials[token] = {
          {"id", token}, {"ids", Json::array({item.id})}, {"tokens", Json::array({token})}};
    }
    return out;
  };
  const Json single = list(form.single), pair = list(form.pair);
  return {{"type", "TemplateProcessing"},
          {"single", single},
          {"pair", pair},
          {"special_tokens", specials}};
}

}  // namespace

TokenizerFiles with_post_processor(const Tokenizer& tokenizer, const PostProcessor& form,
                                   const std::string& where) {
  constexpr const char* kName = "tokenizer.json";
  const std::string* text = tokenizer.files().find(kName);
  require(text != nullptr,
          "{}: the model was trained with special tokens around texts that the files of its "
          "tokenizer do not state, and only a tokenizer.json has room for them; save the tokenizer "
          "with transformers, which writes one, and train with it",
          where);
  Json json = parse_ordered_json_object(*text, where + ": " + kName);
  json["post_processor"] = template_of(form, tokenizer);
  std::map<std::string, std::string> files = tokenizer.files().all();
  files[kName] = json.dump(2) + "\n";
  return TokenizerFiles(std::move(files));
}

}  // namespace tessera
