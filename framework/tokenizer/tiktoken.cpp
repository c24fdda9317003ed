#include "framework/tokenizer/tiktoken.h"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/base64.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/rank_encodings.h"

namespace tessera {
namespace {

constexpr size_t kLongestToken = 4096;  // bytes; the pairs that merge to it take time of its square

using Ranks = std::vector<std::pair<std::string, int64_t>>;

bool is_rank_line(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == line.npos || space == 0 || space + 1 == line.size()) return false;
  for (const char digit : line.substr(space + 1))
    if ((digit < '0' || digit > '9') && digit != '\r') return false;
  return line.substr(0, space) == "=" || decode_base64(line.substr(0, space)).has_value();
}

bool is_rank_file(std::string_view bytes) {
  const size_t end = bytes.find('\n');
  return end != bytes.npos && end < 1024 && is_rank_line(bytes.substr(0, end));
}

const std::pair<const std::string, std::string>* rank_file(const TokenizerFiles& files) {
  for (const auto& file : files.all())
    if ((is_model_name(file.first) || file.first.ends_with(".tiktoken") ||
         files.all().size() == 1 || file.first.find('.') == std::string::npos) &&
        is_rank_file(file.second))
      return &file;
  return nullptr;
}

Ranks parse_ranks(std::string_view bytes, const std::string& what) {
  Ranks ranks;
  size_t number = 0;
  for (size_t at = 0; at < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const size_t space = line.find(' ');
    // Python's decoder, which the reference reads with, takes a lone "=" for no bytes.
    const auto token = line.substr(0, space) == "=" ? std::optional<std::string>("")
                                                    : decode_base64(line.substr(0, space));
    int64_t rank = -1;
    const char* last = line.data() + line.size();
    const bool whole = space != line.npos && token &&
                       std::from_chars(line.data() + space + 1, last, rank).ptr == last &&
                       rank >= 0;
    require(
        whole,
        "{}, line {}: not a token in base64, a space and its rank; the file is damaged or cut short",
        what, number);
    ranks.emplace_back(*token, rank);
  }
  return ranks;
}

RankEncoding encoding_of_user(std::string_view text, const std::string& what) {
  const nlohmann::json json = parse_json_object(text, what);
  RankEncoding encoding;
  encoding.expression = json_text(json_member(json, "pattern", what), what + ": pattern");
  if (const auto specials = json.find("special_tokens"); specials != json.end()) {
    require(specials->is_object(), "{}: special_tokens: not an object of tokens and their ids",
            what);
    for (const auto& [token, id] : specials->items())
      encoding.specials.emplace_back(token, json_count(id, what + ": special_tokens." + token));
  }
  return encoding;
}

}  // namespace

bool holds_ranks(const TokenizerFiles& files) { return rank_file(files) != nullptr; }

std::vector<std::string> rank_file_names(const TokenizerFiles& files) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files.all())
    if (name.ends_with(".tiktoken") || (is_model_name(name) && is_rank_file(bytes)))
      names.push_back(name);
  return names;
}

PipelineParts ranked_pipeline(Vocabulary vocabulary, const std::string& expression,
                              std::vector<AddedToken> specials, const std::string& what) {
  for (int32_t id = 0; id < vocabulary.size(); ++id)
    require(vocabulary.token(id).size() <= kLongestToken,
            "{}: token {} has {} bytes; at most {} are taken", what, id,
            vocabulary.token(id).size(), kLongestToken);
  const int32_t no_bytes = vocabulary.find("");
  for (const AddedToken& special : specials)
    require(vocabulary.token(special.id).empty() && special.id != no_bytes,
            "{}: the special token '{}' and the token '{}' have one id, {}", what, special.content,
            vocabulary.token(special.id), special.id);
  SplitStep split{
      .pattern = Pattern::regex(expression, RegexDialect::fancy_regex, what + ": the pattern"),
      .delimiter = Delimiter::isolated,
      .scanner = known_scanner(expression, RegexDialect::fancy_regex)};
  const auto role = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      for (const AddedToken& special : specials)
        if (special.content == name) return special.id;
    return SpecialTokens::kNone;
  };
  SpecialTokens roles;
  roles.end_of_document = role({"<|endoftext|>", "<|end_of_text|>", "</s>"});
  roles.pad =
      role({"<|finetune_right_pad_id|>", "<|finetune_right_pad|>", "<pad>", "[PAD]", "<|pad|>"});
  roles.cls = role({"[CLS]"});
  roles.sep = role({"[SEP]"});
  roles.mask = role({"[MASK]", "<mask>", "<|mask|>"});
  return {.added = AddedTokens(std::move(specials), Normalizer()),
          .normalizer = {},
          .pre_tokenizer = PreTokenizer(
              {std::move(split), ByteLevelStep{.add_prefix_space = false, .use_regex = false}}),
          .model = Bpe::ranked(std::move(vocabulary)),
          .post_processor = {},
          .decoder = Decoder({ByteLevelDecoder{}}),
          .special = roles};
}

PipelineParts read_tiktoken(const TokenizerFiles& files, const std::string& where) {
  const auto* file = rank_file(files);
  check(file != nullptr, "{}: no file of ranks", where);
  const std::string what = where + ": " + file->first;
  const Ranks ranks = parse_ranks(file->second, what);
  Vocabulary vocabulary(ranks, what);
  RankEncoding encoding;
  if (const std::string* given = files.find("tiktoken.json")) {
    encoding = encoding_of_user(*given, where + ": tiktoken.json");
  } else {
    const auto known = known_rank_encoding(vocabulary);
    require(
        known.has_value(),
        "{}: ranks of {} tokens that are no encoding known to this program (known: {}); put a file "
        "tiktoken.json beside it: {{\"pattern\": \"…\", \"special_tokens\": {{\"<|endoftext|>\": {}}}}}",
        what, ranks.size(), fmt::join(names_of_rank_encodings(), ", "), vocabulary.size());
    encoding = *known;
  }
  std::vector<AddedToken> specials;
  for (const auto& [content, id] : encoding.specials) {
    require(id < std::numeric_limits<int32_t>::max() / 2,
            "{}: special token '{}': the id {} is too large", what, content, id);
    specials.push_back({.content = content, .id = static_cast<int32_t>(id), .special = true});
  }
  return ranked_pipeline(std::move(vocabulary), encoding.expression, std::move(specials), what);
}

}  // namespace tessera
