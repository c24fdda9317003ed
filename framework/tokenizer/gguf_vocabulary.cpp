#include "framework/tokenizer/gguf_vocabulary.h"

#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using nlohmann::json;
using Kind = GgufTokenKind;

constexpr const char* kChatTemplate = "tokenizer.chat_template";

}  // namespace

GgufVocabulary::GgufVocabulary(const GgufMetadata& metadata, std::string what)
    : texts(metadata.texts(key("tokens"))), metadata_(metadata), what_(std::move(what)) {
  require(!texts.empty(), "{}: tokenizer.ggml.tokens is empty", what_);
  for (size_t id = 0; id < texts.size(); ++id)
    require(is_utf8(texts[id]), "{}: token {} of tokenizer.ggml.tokens is no UTF-8 text", what_,
            id);
  kinds.assign(texts.size(), Kind::normal);
  if (!has("token_type")) return;
  const std::vector<int64_t> types = integers("token_type");
  require(types.size() == texts.size(),
          "{}: tokenizer.ggml.token_type has {} entries for {} tokens", what_, types.size(),
          texts.size());
  for (size_t id = 0; id < types.size(); ++id) {
    require(types[id] >= 1 && types[id] <= 6,
            "{}: token {} has the type {}; the types 1 to 6 are known", what_, id, types[id]);
    kinds[id] = static_cast<Kind>(types[id]);
  }
}

std::string GgufVocabulary::text(const char* name) const {
  if (!has(name)) return {};
  std::string value = metadata_.text(key(name));
  require(is_utf8(value), "{}: tokenizer.ggml.{} is no UTF-8 text", what_, name);
  return value;
}

bool GgufVocabulary::flag(const char* name, bool otherwise) const {
  return has(name) ? metadata_.flag(key(name)) : otherwise;
}

json GgufVocabulary::merges() const {
  json pairs = json::array();
  for (const std::string& merge : metadata_.texts(key("merges"))) {
    require(is_utf8(merge), "{}: merge {} of tokenizer.ggml.merges is no UTF-8 text", what_,
            pairs.size() + 1);
    // A part may begin with a space, but holds none further on.
    const size_t space = merge.find(' ', 1);
    require(
        space != merge.npos && space + 1 < merge.size(),
        "{}: merge {} of tokenizer.ggml.merges is '{}'; two tokens with a space between them are "
        "expected",
        what_, pairs.size() + 1, merge);
    pairs.push_back(json::array({merge.substr(0, space), merge.substr(space + 1)}));
  }
  return pairs;
}

int64_t GgufVocabulary::id(const char* name) const {
  if (!has(name)) return -1;
  const int64_t id = metadata_.integer(key(name));
  // Files write the largest number, or -1, for none.
  if (id == -1 || id == UINT32_MAX) return -1;
  require(id >= 0 && id < static_cast<int64_t>(size()),
          "{}: tokenizer.ggml.{} is {}; ids are 0 to {}", what_, name, id, size() - 1);
  return id;
}

std::string GgufVocabulary::token(const char* name) const {
  const int64_t found = id(name);
  return found < 0 ? std::string() : texts[static_cast<size_t>(found)];
}

json GgufVocabulary::ids() const {
  json ids = json::object();
  for (size_t id = 0; id < size(); ++id) {
    const auto [known, is_new] = ids.emplace(texts[id], id);
    require(is_new, "{}: tokens {} and {} are both '{}'", what_, known.value().get<size_t>(), id,
            texts[id]);
  }
  return ids;
}

json GgufVocabulary::added_tokens() const {
  json added = json::array();
  for (size_t id = 0; id < size(); ++id) {
    const bool special = kinds[id] == Kind::control || kinds[id] == Kind::unknown;
    if (!special && kinds[id] != Kind::user_defined) continue;
    added.push_back({{"id", id},
                     {"content", texts[id]},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", special}});
  }
  return added;
}

std::string GgufVocabulary::config(bool add_bos, bool add_eos) const {
  json config = {{"add_bos_token", add_bos}, {"add_eos_token", add_eos}};
  for (const GgufRole& role : kGgufRoles)
    if (const std::string token = this->token(role.key); !token.empty()) config[role.name] = token;
  if (metadata_.has(kChatTemplate)) {
    const std::string chat = metadata_.text(kChatTemplate);
    require(is_utf8(chat), "{}: {} is no UTF-8 text", what_, kChatTemplate);
    config["chat_template"] = chat;
  }
  return config.dump(2) + "\n";
}

}  // namespace tessera
