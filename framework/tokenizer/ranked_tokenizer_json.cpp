#include "framework/tokenizer/ranked_tokenizer_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/byte_level.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// All ways to put each token together from two others, as HF's own conversion of ranks orders them:
/// by the token, then by its first part.
Json merges_of(const Vocabulary& ranks) {
  Json merges = Json::array();
  for (int32_t id = 0; id < ranks.size(); ++id) {
    const std::string_view token = ranks.token(id);
    std::vector<std::pair<int32_t, int32_t>> parts;
    for (size_t cut = 1; cut < token.size(); ++cut) {
      const int32_t first = ranks.find(token.substr(0, cut)),
                    second = ranks.find(token.substr(cut));
      if (first >= 0 && second >= 0) parts.emplace_back(first, second);
    }
    std::ranges::sort(parts);
    for (const auto& [first, second] : parts)
      merges.push_back(
          {to_byte_characters(ranks.token(first)), to_byte_characters(ranks.token(second))});
  }
  return merges;
}

/// Special tokens get the ids that follow the vocabulary; those with other ids stand in it.
Json vocabulary_of(const Vocabulary& ranks, const std::vector<AddedToken>& specials) {
  std::vector<std::pair<int64_t, std::string>> tokens;
  for (int32_t id = 0; id < ranks.size(); ++id)
    if (const std::string_view token = ranks.token(id); !token.empty())
      tokens.emplace_back(id, to_byte_characters(token));
  bool follow = std::ssize(tokens) == ranks.size();
  for (size_t i = 0; i < specials.size(); ++i)
    follow = follow && specials[i].id == ranks.size() + static_cast<int64_t>(i);
  if (!follow)
    for (const AddedToken& special : specials) tokens.emplace_back(special.id, special.content);
  std::ranges::sort(tokens);
  Json ids = Json::object();
  for (auto& [id, token] : tokens)
    ids.get_ref<Json::object_t&>().emplace_back(std::move(token), id);
  return ids;
}

std::vector<AddedToken> by_id(const AddedTokens& added) {
  std::vector<AddedToken> tokens = added.list();
  std::ranges::sort(tokens, {}, &AddedToken::id);
  return tokens;
}

Json added_of(const std::vector<AddedToken>& tokens) {
  Json out = Json::array();
  for (const AddedToken& token : tokens)
    out.push_back({{"id", token.id},
                   {"content", token.content},
                   {"single_word", false},
                   {"lstrip", false},
                   {"rstrip", false},
                   {"normalized", false},
                   {"special", token.special}});
  return out;
}

Json byte_level() {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", false}};
}

}  // namespace

std::optional<std::string> oniguruma_expression(std::string_view fancy) {
  std::string out;
  int depth = 0;
  bool in_class = false;
  for (size_t at = 0; at < fancy.size(); ++at) {
    const char sign = fancy[at];
    if (sign == '\\' && at + 1 < fancy.size()) {
      const char name = fancy[at + 1];
      size_t end = at + 2;
      if ((name == 'p' || name == 'P' || name == 'x') && fancy.substr(end).starts_with('{'))
        end = std::min(fancy.find('}', end), fancy.size() - 1) + 1;
      out += fancy.substr(at, end - at);
      at = end - 1;
    } else if (in_class) {
      in_class = sign != ']';
      out += sign;
    } else if (sign == '$') {
      out += "\\z";
    } else if (sign == '}' && fancy.substr(at + 1).starts_with('+')) {
      const std::string_view rest = fancy.substr(at + 2);
      if (depth > 0 || !(rest.empty() || rest.starts_with('|'))) return std::nullopt;
      out += sign;
      ++at;
    } else {
      if (sign == '(') ++depth;
      if (sign == ')') --depth;
      in_class = sign == '[';
      out += sign;
    }
  }
  return out;
}

std::string ranked_tokenizer_json(const Pipeline& ranks, const std::string& where) {
  const PipelineParts& parts = ranks.parts();
  const Bpe* bpe = std::get_if<Bpe>(&parts.model);
  const SplitStep* split = parts.pre_tokenizer.steps().empty()
                               ? nullptr
                               : std::get_if<SplitStep>(&parts.pre_tokenizer.steps().front());
  check(bpe && split, "{}: a tokenizer of ranks without an expression", where);
  const auto expression = oniguruma_expression(split->pattern.text());
  require(
      expression.has_value(),
      "{}: the expression of the ranks has a possessive {{n,m}}+ before the end of an "
      "alternative, which a tokenizer.json cannot hold; write it in tiktoken.json without the +",
      where);
  const std::vector<AddedToken> specials = by_id(parts.added);
  const Json pre_tokenizer = {{"type", "Sequence"},
                              {"pretokenizers", Json::array({{{"type", "Split"},
                                                              {"pattern", {{"Regex", *expression}}},
                                                              {"behavior", "Isolated"},
                                                              {"invert", false}},
                                                             byte_level()})}};
  const Json json = {{"version", "1.0"},
                     {"truncation", nullptr},
                     {"padding", nullptr},
                     {"added_tokens", added_of(specials)},
                     {"normalizer", nullptr},
                     {"pre_tokenizer", pre_tokenizer},
                     {"post_processor", nullptr},
                     {"decoder", byte_level()},
                     {"model",
                      {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", nullptr},
                       {"end_of_word_suffix", nullptr},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"ignore_merges", true},
                       {"vocab", vocabulary_of(bpe->vocabulary(), specials)},
                       {"merges", merges_of(bpe->vocabulary())}}}};
  return json.dump() + "\n";
}

}  // namespace tessera
