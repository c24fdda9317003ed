#include "framework/tokenizer/add_special_tokens.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using nlohmann::json;
using Files = std::map<std::string, std::string>;

struct Role {
  const char* name;
  int32_t SpecialTokens::*id;
  std::array<std::string_view, 3> usual;  // the tokens that have this role by their name
};

constexpr std::array<Role, 7> kRoles = {
    {{"bos_token", &SpecialTokens::begin_of_text, {"<s>"}},
     {"eos_token", &SpecialTokens::end_of_text, {"</s>"}},
     {"unk_token", &SpecialTokens::unknown, {"[UNK]", "<unk>"}},
     {"sep_token", &SpecialTokens::sep, {"[SEP]"}},
     {"pad_token", &SpecialTokens::pad, {"[PAD]", "<pad>", "<|pad|>"}},
     {"cls_token", &SpecialTokens::cls, {"[CLS]"}},
     {"mask_token", &SpecialTokens::mask, {"[MASK]", "<mask>", "<|mask|>"}}}};

/// All added tokens after the addition, and the roles, by their names.
struct Addition {
  std::vector<AddedToken> tokens;
  size_t before = 0;  // so many of them were there
  std::map<std::string, std::string> roles;
};

const Vocabulary& vocabulary_of(const Pipeline& pipeline) {
  return std::visit([](const auto& model) -> const Vocabulary& { return model.vocabulary(); },
                    pipeline.parts().model);
}

void append(const std::string& content, const Tokenizer& tokenizer, const std::string& where,
            Addition& made) {
  require(!content.empty() && is_utf8(content), "{}: '{}' is no name for a special token", where,
          content);
  require(
      content.find_first_not_of(" \t\r\n") != std::string::npos,
      "{}: a special token cannot be white space alone: texts are full of it; choose a name such "
      "as <|sep|>",
      where);
  const auto same = [&](const AddedToken& token) { return token.content == content; };
  if (const auto found = std::ranges::find_if(made.tokens, same); found != made.tokens.end()) {
    require(found->special,
            "{}: '{}' is an added token that is not special (id {}); choose another name", where,
            content, found->id);
    return;
  }
  int32_t id = vocabulary_of(*tokenizer.pipeline()).find(content);
  if (id < 0) {
    id = tokenizer.vocab_size();
    for (const AddedToken& token : made.tokens) id = std::max(id, token.id + 1);
  }
  made.tokens.push_back({.content = content, .id = id, .special = true});
}

Addition addition_of(const Tokenizer& tokenizer, const SpecialTokensToAdd& added,
                     const std::string& where) {
  Addition made;
  made.tokens = tokenizer.pipeline()->parts().added.list();
  made.before = made.tokens.size();
  for (const std::string& token : added.tokens) append(token, tokenizer, where, made);
  if (!added.mask.empty()) append(added.mask, tokenizer, where, made);
  const SpecialTokens& special = tokenizer.pipeline()->special();
  for (const Role& role : kRoles) {
    if (special.*role.id >= 0) made.roles[role.name] = tokenizer.token(special.*role.id);
    for (const std::string& token : added.tokens)
      if (std::ranges::find(role.usual, token) != role.usual.end())
        made.roles.emplace(role.name, token);
  }
  if (!added.mask.empty()) made.roles["mask_token"] = added.mask;
  return made;
}

json properties(const AddedToken& token) {
  return {{"content", token.content},       {"single_word", token.single_word},
          {"lstrip", token.left_strip},     {"rstrip", token.right_strip},
          {"normalized", token.normalized}, {"special", token.special}};
}

std::string written(const json& value, int indent, const std::string& where) {
  try {
    return value.dump(indent) + "\n";
  } catch (const json::exception&) {
    user_error("{}: a token is not UTF-8 text, which JSON cannot hold", where);
  }
}

/// Puts all tokens and roles into tokenizer_config.json, and leaves out the older files that say the
/// same and would count for more. Where there was none, transformers needs to be told the class.
void write_config(const Addition& made, const char* class_name, const std::string& where,
                  Files& files) {
  const std::string name = "tokenizer_config.json";
  json config = json::object();
  if (const auto found = files.find(name); found != files.end())
    config = parse_json_object(found->second, where + ": " + name);
  else
    config["tokenizer_class"] = class_name;
  json& declared = config["added_tokens_decoder"] = json::object();
  for (const AddedToken& token : made.tokens)
    declared[std::to_string(token.id)] = properties(token);
  for (const auto& [role, content] : made.roles) {
    const json& old = config[role];
    const bool same = old.is_object() && old.contains("content") && old["content"] == content;
    if (!same) config[role] = content;
  }
  files[name] = written(config, 2, where);
  files.erase("special_tokens_map.json");
  files.erase("added_tokens.json");
}

void add_to_tokenizer_json(const Addition& made, const std::string& where, Files& files) {
  std::string name = "tokenizer.json";
  if (!files.contains(name))  // a lone file of another name
    for (const auto& [other, text] : files)
      if (other.ends_with(".json") && text.find("\"vocab\"") != std::string::npos) name = other;
  json whole = parse_json_object(files.at(name), where + ": " + name);
  json& list = whole["added_tokens"];
  if (list.is_null()) list = json::array();
  for (size_t i = made.before; i < made.tokens.size(); ++i) {
    list.push_back(properties(made.tokens[i]));
    list.back()["id"] = made.tokens[i].id;
  }
  files.erase(name);
  files["tokenizer.json"] = written(whole, 1, where);
}

/// Gives a file the name that other programs look for.
void rename(const char* name, const char* usual, Files& files) {
  const auto found = files.find(name);
  if (found == files.end() || files.contains(usual)) return;
  files[usual] = std::move(found->second);
  files.erase(name);
}

void add_to_ranks(const Tokenizer& tokenizer, const Addition& made, const std::string& mask,
                  const std::string& where, Files& files) {
  const auto& usual = kRoles.back().usual;
  require(mask.empty() || std::ranges::find(usual, mask) != usual.end(),
          "{}: files of ranks name no roles, so the mask token must have a name that says so: {}",
          where, fmt::join(usual, ", "));
  const auto& steps = tokenizer.pipeline()->parts().pre_tokenizer.steps();
  json specials = json::object();
  for (const AddedToken& token : made.tokens) specials[token.content] = token.id;
  files["tiktoken.json"] = written(
      {{"pattern", std::get<SplitStep>(steps.at(0)).pattern.text()}, {"special_tokens", specials}},
      2, where);
  Files named;
  for (auto& [name, bytes] : files) {
    const bool known =
        name.ends_with(".json") || name.ends_with(".tiktoken") || is_model_name(name);
    named[known ? name : name + ".tiktoken"] = std::move(bytes);
  }
  files = std::move(named);
}

}  // namespace

std::vector<std::string> ordinary_tokens(const Tokenizer& tokenizer,
                                         const SpecialTokensToAdd& added) {
  std::vector<std::string> ordinary, all = added.tokens;
  if (!added.mask.empty()) all.push_back(added.mask);
  if (tokenizer.pipeline() == nullptr) return ordinary;
  for (const std::string& token : all) {
    const int32_t id = vocabulary_of(*tokenizer.pipeline()).find(token);
    if (id >= 0 && !tokenizer.is_special(id)) ordinary.push_back(token);
  }
  return ordinary;
}

TokenizerFiles add_special_tokens(const TokenizerFiles& files, const SpecialTokensToAdd& added,
                                  const std::string& where) {
  const Tokenizer tokenizer(files, where);
  require(tokenizer.kind() != "sentencepiece",
          "{}: a SentencePiece model keeps its tokens in one file, which this program does not "
          "write; load it with transformers and save it (AutoTokenizer.from_pretrained, "
          "save_pretrained), which writes a tokenizer.json, and add to that",
          where);
  require(tokenizer.kind() != "tekken",
          "{}: tekken.json numbers special tokens before all others, so a further one would change "
          "every id; use a tokenizer of another kind",
          where);
  const Addition made = addition_of(tokenizer, added, where);
  Files out = files.all();
  if (tokenizer.kind() == "tiktoken") {
    add_to_ranks(tokenizer, made, added.mask, where, out);
  } else {
    const bool whole = tokenizer.kind() == "tokenizer.json";
    if (whole) add_to_tokenizer_json(made, where, out);
    rename("encoder.json", "vocab.json", out);
    rename("vocab.bpe", "merges.txt", out);
    write_config(made,
                 whole                        ? "PreTrainedTokenizerFast"
                 : out.contains("vocab.json") ? "GPT2Tokenizer"
                                              : "BertTokenizer",
                 where, out);
  }
  return TokenizerFiles(std::move(out));
}

}  // namespace tessera
