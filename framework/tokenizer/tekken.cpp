#include "framework/tokenizer/tekken.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/base64.h"
#include "framework/tokenizer/tiktoken.h"

namespace tessera {
namespace {

constexpr int64_t kMostSpecials = 65536;  // real files have 1000; those without a name are made up

/// The special tokens of files up to version 7, which do not name them.
constexpr std::array<std::string_view, 20> kUnnamed = {"<unk>",
                                                       "<s>",
                                                       "</s>",
                                                       "[INST]",
                                                       "[/INST]",
                                                       "[AVAILABLE_TOOLS]",
                                                       "[/AVAILABLE_TOOLS]",
                                                       "[TOOL_RESULTS]",
                                                       "[/TOOL_RESULTS]",
                                                       "[TOOL_CALLS]",
                                                       "[IMG]",
                                                       "<pad>",
                                                       "[IMG_BREAK]",
                                                       "[IMG_END]",
                                                       "[PREFIX]",
                                                       "[MIDDLE]",
                                                       "[SUFFIX]",
                                                       "[SYSTEM_PROMPT]",
                                                       "[/SYSTEM_PROMPT]",
                                                       "[TOOL_CONTENT]"};

std::vector<AddedToken> specials_of(const nlohmann::json& json, int64_t count,
                                    const std::string& what) {
  std::vector<AddedToken> specials;
  const auto add = [&](std::string content) {
    specials.push_back({.content = std::move(content),
                        .id = static_cast<int32_t>(specials.size()),
                        .special = true});
  };
  const auto named = json.find("special_tokens");
  if (named != json.end() && !named->is_null()) {
    for (const nlohmann::json& token : json_list(*named, what + ": special_tokens"))
      add(json_text(json_member(token, "token_str", what + ": special_tokens"),
                    what + ": special_tokens.token_str"));
  } else {
    for (const std::string_view content : kUnnamed) add(std::string(content));
  }
  require(static_cast<int64_t>(specials.size()) <= count,
          "{}: {} special tokens, of which config.default_num_special_tokens allows {}", what,
          specials.size(), count);
  while (static_cast<int64_t>(specials.size()) < count)
    add(fmt::format("<SPECIAL_{}>", specials.size()));
  return specials;
}

}  // namespace

bool holds_tekken(const TokenizerFiles& files) {
  if (files.find("tekken.json") != nullptr) return true;
  return std::any_of(files.all().begin(), files.all().end(), [](const auto& file) {
    return file.first.starts_with("tekken") && file.first.ends_with(".json");
  });
}

PipelineParts read_tekken(const TokenizerFiles& files, const std::string& where) {
  const auto file = std::find_if(files.all().begin(), files.all().end(),
                                 [](const auto& f) { return f.first.starts_with("tekken"); });
  const std::string what = where + ": " + file->first;
  const nlohmann::json json = parse_json_object(file->second, what);
  const nlohmann::json& config = json_member(json, "config", what);
  const auto count_of = [&](const char* key) {
    const int64_t count =
        json_count(json_member(config, key, what + ": config"), what + ": config." + key);
    require(count < int64_t{1} << 24, "{}: config.{}: {} is too many", what, key, count);
    return count;
  };
  const int64_t specials = count_of("default_num_special_tokens"),
                all = count_of("default_vocab_size");
  require(specials <= kMostSpecials,
          "{}: config.default_num_special_tokens: {} is too many; at most {} are read", what,
          specials, kMostSpecials);
  require(specials < all,
          "{}: config.default_vocab_size, {}, has no room for tokens beside {} special ones", what,
          all, specials);
  std::vector<std::pair<std::string, int64_t>> tokens;
  for (const nlohmann::json& entry :
       json_list(json_member(json, "vocab", what), what + ": vocab")) {
    const std::string at = fmt::format("{}: vocab[{}]", what, tokens.size());
    const int64_t rank = json_count(json_member(entry, "rank", at), at + ".rank");
    if (rank >= all - specials) continue;
    const auto bytes =
        decode_base64(json_text(json_member(entry, "token_bytes", at), at + ".token_bytes"));
    require(bytes && !bytes->empty(), "{}.token_bytes: not base64", at);
    tokens.emplace_back(*bytes, rank + specials);
  }
  require(static_cast<int64_t>(tokens.size()) == all - specials,
          "{}: vocab has {} tokens with ranks below {}; each rank needs one", what, tokens.size(),
          all - specials);
  return ranked_pipeline(Vocabulary(tokens, what),
                         json_text(json_member(config, "pattern", what), what + ": config.pattern"),
                         specials_of(json, specials, what), what);
}

}  // namespace tessera
