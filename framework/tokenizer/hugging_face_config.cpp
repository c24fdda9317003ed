#include "framework/tokenizer/hugging_face_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/hugging_face_options.h"

namespace tessera {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kRoles = {
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

/// A token as a text, or as an object with its properties. What is not said of `normalized` is that
/// special tokens are not.
AddedToken token_of(const json& value, bool special, const std::string& what) {
  AddedToken token;
  token.id = -1;
  token.special = special;
  if (value.is_string()) {
    token.content = value.get<std::string>();
    return token;
  }
  require(value.is_object(), "{}: a token is expected in place of a {}", what, value.type_name());
  token.content = text_option(value, "content", what);
  token.special = special || flag_option(value, "special", false, what);
  token.single_word = flag_option(value, "single_word", false, what);
  token.left_strip = flag_option(value, "lstrip", false, what);
  token.right_strip = flag_option(value, "rstrip", false, what);
  token.normalized = flag_option(value, "normalized", !token.special, what);
  return token;
}

json read_object(const TokenizerFiles& files, const std::string& where, std::string_view name) {
  const std::string* text = files.find(name);
  return text == nullptr ? json::object() : parse_json_object(*text, place_of(where, name));
}

bool is_role(const std::string& key, const json& value) {
  if (std::find(kRoles.begin(), kRoles.end(), key) != kRoles.end()) return true;
  return key.ends_with("_token") && (value.is_string() || value.is_object());
}

int64_t id_of(const std::string& text, const std::string& what) {
  int64_t id = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  require(error == std::errc() && end == text.data() + text.size() && id >= 0 && id < INT32_MAX,
          "{}: '{}' is no id", what, text);
  return id;
}

void sort_by_id(std::vector<AddedToken>& tokens) {
  std::sort(tokens.begin(), tokens.end(),
            [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
}

/// What the files say of the roles, by name.
using Roles = std::map<std::string, json>;

void read_extra(const json& options, const std::string& what, std::vector<AddedToken>& extra) {
  for (const char* key : {"additional_special_tokens", "extra_special_tokens"}) {
    const json* list = find_option(options, key);
    if (list == nullptr || !list->is_array()) continue;
    extra.clear();
    for (const json& value : *list)
      extra.push_back(token_of(value, true, fmt::format("{}: \"{}\"", what, key)));
  }
}

void read_declared(const json& tokens, HuggingFaceConfig& config) {
  const std::string what = config.what + ": \"added_tokens_decoder\"";
  require(tokens.is_object(), "{}: an object is expected", what);
  for (const auto& [id, value] : tokens.items()) {
    config.declared.push_back(token_of(value, false, what));
    config.declared.back().id = static_cast<int32_t>(id_of(id, what));
  }
  sort_by_id(config.declared);
}

/// Old folders: {"token": id}. Those whose role is `written` in a file are special.
void read_added_tokens(const json& ids, const std::set<std::string>& written,
                       const std::string& what, HuggingFaceConfig& config) {
  for (const auto& [content, value] : ids.items()) {
    const auto same = [&, &text = content](const AddedToken& token) {
      return token.content == text;
    };
    AddedToken token;
    token.content = content;
    const int64_t id = json_count(value, fmt::format("{}: '{}'", what, content));
    require(id < INT32_MAX, "{}: '{}' has the id {}, which is too large", what, content, id);
    token.id = static_cast<int32_t>(id);
    token.special =
        written.contains(content) || std::any_of(config.extra.begin(), config.extra.end(), same);
    token.normalized = !token.special;
    config.declared.push_back(std::move(token));
  }
  sort_by_id(config.declared);
}

void set_roles(Roles roles, HuggingFaceConfig& config) {
  const auto take = [&](const std::string& name) {
    const auto found = roles.find(name);
    if (found == roles.end()) return;
    if (!found->second.is_null())
      config.roles.push_back(
          {name, token_of(found->second, true, fmt::format("{}: \"{}\"", config.what, name))});
    roles.erase(found);
  };
  for (const std::string_view name : kRoles) take(std::string(name));
  while (!roles.empty()) take(roles.begin()->first);
}

}  // namespace

const AddedToken* HuggingFaceConfig::role(std::string_view name) const {
  for (const Role& role : roles)
    if (role.name == name) return &role.token;
  return nullptr;
}

std::vector<AddedToken> HuggingFaceConfig::to_add() const {
  std::vector<AddedToken> tokens;
  const auto find = [&](const std::string& content) {
    return std::find_if(tokens.begin(), tokens.end(),
                        [&](const AddedToken& token) { return token.content == content; });
  };
  tokens = declared;
  for (const Role& role : roles) {
    const auto found = find(role.token.content);
    if (found == tokens.end())
      tokens.push_back(role.token);
    else
      found->special = true;
  }
  for (const AddedToken& token : extra)
    if (find(token.content) == tokens.end()) tokens.push_back(token);
  return tokens;
}

HuggingFaceConfig read_hugging_face_config(const TokenizerFiles& files, const std::string& where,
                                           std::span<const DefaultRole> defaults) {
  HuggingFaceConfig config;
  config.what = place_of(where, "tokenizer_config.json");
  config.options = read_object(files, where, "tokenizer_config.json");
  Roles roles;
  for (const auto& [name, token] : defaults) roles[std::string(name)] = token;
  const auto take_roles = [&](const json& from) {
    for (const auto& [key, value] : from.items())
      if (is_role(key, value)) roles[key] = value;
  };
  take_roles(config.options);
  read_extra(config.options, config.what, config.extra);
  if (const json* declared = find_option(config.options, "added_tokens_decoder")) {
    read_declared(*declared, config);
    set_roles(std::move(roles), config);
    return config;
  }
  const json map = read_object(files, where, "special_tokens_map.json");
  take_roles(map);
  std::set<std::string> written;
  for (const auto& [name, value] : roles)
    if ((map.contains(name) || config.options.contains(name)) && !value.is_null())
      written.insert(token_of(value, true, fmt::format("{}: \"{}\"", config.what, name)).content);
  read_extra(map, place_of(where, "special_tokens_map.json"), config.extra);
  set_roles(std::move(roles), config);
  read_added_tokens(read_object(files, where, "added_tokens.json"), written,
                    place_of(where, "added_tokens.json"), config);
  return config;
}

SpecialTokens find_special_tokens(const HuggingFaceConfig& config,
                                  std::span<const AddedToken> added,
                                  const HuggingFaceModel& model) {
  const auto id = [&](std::string_view name) {
    const AddedToken* role = config.role(name);
    if (role == nullptr) return SpecialTokens::kNone;
    for (const AddedToken& token : added)
      if (token.content == role->content) return token.id;
    return model.find(role->content);
  };
  SpecialTokens special;
  special.begin_of_text = id("bos_token");
  special.end_of_text = id("eos_token");
  special.unknown = id("unk_token");
  special.sep = id("sep_token");
  special.pad = id("pad_token");
  special.cls = id("cls_token");
  special.mask = id("mask_token");
  for (const int32_t end : {special.sep, special.begin_of_text, special.end_of_text})
    if (end != SpecialTokens::kNone) special.end_of_document = end;
  return special;
}

std::string place_of(const std::string& where, std::string_view name) {
  const bool is_file = where.ends_with(name) || where.ends_with(".json");
  return is_file ? where : fmt::format("{}/{}", where, name);
}

}  // namespace tessera
