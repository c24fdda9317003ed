#include "framework/tokenizer/hugging_face_model.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/hugging_face_options.h"

namespace tessera {
namespace {

using nlohmann::json;

/// A vocabulary and merges in raw bytes.
struct InBytes {
  HuggingFaceJson::Ids ids;
  std::unordered_map<std::string, int32_t> unmatched;
};

InBytes to_bytes(const HuggingFaceJson::Ids& spelled, const std::string& what) {
  InBytes made;
  made.ids.reserve(spelled.size());
  for (const auto& [token, id] : spelled) {
    if (auto bytes = from_byte_characters(token)) {
      made.ids.emplace_back(std::move(*bytes), id);
      continue;
    }
    require(id >= 0 && id < static_cast<int64_t>(spelled.size()) * 4 + 65536,
            "{}: token '{}' has the id {}, which is out of range for a vocabulary of {} tokens",
            what, token, id, spelled.size());
    require(made.unmatched.emplace(token, static_cast<int32_t>(id)).second,
            "{}: token '{}' has two ids", what, token);
  }
  return made;
}

/// Leaves out merges that no bytes give: those of a token with a character that spells no byte.
HuggingFaceJson::Merges to_bytes(const HuggingFaceJson::Merges& spelled, const InBytes& vocabulary,
                                 const std::string& what) {
  HuggingFaceJson::Merges made;
  made.reserve(spelled.size());
  for (const auto& [left, right] : spelled) {
    auto first = from_byte_characters(left), second = from_byte_characters(right);
    if (first && second) {
      made.emplace_back(std::move(*first), std::move(*second));
      continue;
    }
    for (const std::string& token : {left, right})
      require(from_byte_characters(token) || vocabulary.unmatched.contains(token),
              "{}: the merge of '{}' and '{}' needs the token '{}', which the vocabulary lacks",
              what, left, right, token);
  }
  return made;
}

std::string bytes_of(const std::string& spelled, const char* name, const std::string& what) {
  auto bytes = from_byte_characters(spelled);
  require(bytes.has_value(), "{}: \"{}\" is '{}', which spells no bytes, but the vocabulary does",
          what, name, spelled);
  return std::move(*bytes);
}

/// Whether the vocabulary has a token for every byte.
bool has_all_bytes(const Vocabulary& vocabulary, bool raw) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto one = static_cast<char>(byte);
    if (vocabulary.find(raw ? std::string(1, one) : fmt::format("<0x{:02X}>", byte)) < 0)
      return false;
  }
  return true;
}

void require_ids(const HuggingFaceJson& file, const std::string& what) {
  require(file.has_ids, "{}: \"vocab\" {}", what,
          file.has_scores ? "is a list; an object of ids by token is expected" : "is missing");
}

HuggingFaceModel make_bpe(HuggingFaceJson& file, const json& part, bool bytes,
                          const std::string& what) {
  require_ids(file, what);
  require(file.has_merges, "{}: \"merges\" is missing", what);
  const json* dropout = find_option(part, "dropout");
  require(dropout == nullptr || (dropout->is_number() && dropout->get<double>() == 0),
          "{}: \"dropout\" is {}, which makes ids random; set it to null", what,
          dropout == nullptr ? "" : dropout->dump());
  BpeOptions options;
  options.bytes = bytes;
  options.fuse_unknown = flag_option(part, "fuse_unk", false, what);
  options.byte_fallback = flag_option(part, "byte_fallback", false, what);
  options.ignore_merges = flag_option(part, "ignore_merges", false, what);
  options.continuing_prefix = text_option(part, "continuing_subword_prefix", "", what);
  options.word_suffix = text_option(part, "end_of_word_suffix", "", what);
  const auto tokens = static_cast<int64_t>(file.ids.size());
  InBytes in_bytes;
  if (bytes) {
    in_bytes = to_bytes(std::move(file.ids), what);
    file.ids = std::move(in_bytes.ids);
    file.merges = to_bytes(std::move(file.merges), in_bytes, what);
    options.continuing_prefix =
        bytes_of(options.continuing_prefix, "continuing_subword_prefix", what);
    options.word_suffix = bytes_of(options.word_suffix, "end_of_word_suffix", what);
  }
  Vocabulary vocabulary(file.ids, what);
  if (const std::string unknown = text_option(part, "unk_token", "", what); !unknown.empty()) {
    const auto found = in_bytes.unmatched.find(unknown);
    const std::string held = bytes ? from_byte_characters(unknown).value_or("") : unknown;
    options.unknown = found != in_bytes.unmatched.end() ? found->second : vocabulary.find(held);
    require(options.unknown >= 0 || has_all_bytes(vocabulary, bytes),
            "{}: \"unk_token\" is '{}', which the vocabulary lacks", what, unknown);
  }
  return {.model = Bpe(std::move(vocabulary), file.merges, std::move(options), what),
          .tokens = tokens,
          .bytes = bytes,
          .unmatched = std::move(in_bytes.unmatched)};
}

HuggingFaceModel make_word_piece(HuggingFaceJson& file, const json& part, bool bytes,
                                 const std::string& what) {
  require_ids(file, what);
  const auto tokens = static_cast<int64_t>(file.ids.size());
  std::string unknown = text_option(part, "unk_token", what);
  std::string prefix = text_option(part, "continuing_subword_prefix", what);
  const auto most = static_cast<size_t>(count_option(part, "max_input_chars_per_word", what));
  InBytes in_bytes;
  if (bytes) {
    in_bytes = to_bytes(std::move(file.ids), what);
    file.ids = std::move(in_bytes.ids);
    unknown = bytes_of(unknown, "unk_token", what);
    prefix = bytes_of(prefix, "continuing_subword_prefix", what);
  }
  return {.model = WordPiece(Vocabulary(file.ids, what), unknown, prefix, most, what, bytes),
          .tokens = tokens,
          .bytes = bytes,
          .unmatched = std::move(in_bytes.unmatched)};
}

HuggingFaceModel make_word_level(HuggingFaceJson& file, const json& part, bool bytes,
                                 const std::string& what) {
  require_ids(file, what);
  const auto tokens = static_cast<int64_t>(file.ids.size());
  std::string unknown = text_option(part, "unk_token", what);
  InBytes in_bytes;
  if (bytes) {
    in_bytes = to_bytes(std::move(file.ids), what);
    file.ids = std::move(in_bytes.ids);
    unknown = bytes_of(unknown, "unk_token", what);
  }
  return {.model = WordLevel(Vocabulary(file.ids, what), unknown),
          .tokens = tokens,
          .bytes = bytes,
          .unmatched = std::move(in_bytes.unmatched)};
}

HuggingFaceModel make_unigram(HuggingFaceJson& file, const json& part, bool bytes,
                              const std::string& what) {
  require(
      file.has_scores, "{}: \"vocab\" {}", what,
      file.has_ids ? "is an object; a list of tokens with their scores is expected" : "is missing");
  require(!bytes, "{}: a Unigram model over byte-level pieces is not known to this program", what);
  const json* unknown = find_option(part, "unk_id");
  const int64_t id = unknown == nullptr ? -1 : json_count(*unknown, what + ": \"unk_id\"");
  const auto tokens = static_cast<int64_t>(file.scores.size());
  require(id < tokens, "{}: \"unk_id\" is {}, but there are {} tokens", what, id, tokens);
  HuggingFaceJson::Ids ids;
  std::vector<double> scores;
  ids.reserve(file.scores.size());
  scores.reserve(file.scores.size());
  for (auto& [token, score] : file.scores) {
    ids.emplace_back(std::move(token), static_cast<int64_t>(ids.size()));
    scores.push_back(score);
  }
  return {.model = Unigram(Vocabulary(ids, what), std::move(scores), static_cast<int32_t>(id),
                           flag_option(part, "byte_fallback", false, what), what),
          .tokens = tokens,
          .bytes = false};
}

/// Old files have no type; the reference takes the first model whose options are there.
std::string type_by_options(const HuggingFaceJson& file, const json& part) {
  if (file.has_ids && file.has_merges) return "BPE";
  if (file.has_ids && part.contains("unk_token"))
    return part.contains("continuing_subword_prefix") && part.contains("max_input_chars_per_word")
               ? "WordPiece"
               : "WordLevel";
  return file.has_scores ? "Unigram" : "";
}

}  // namespace

const Vocabulary& HuggingFaceModel::vocabulary() const {
  return std::visit([](const auto& made) -> const Vocabulary& { return made.vocabulary(); }, model);
}

int32_t HuggingFaceModel::find(std::string_view spelled) const {
  if (!bytes) return vocabulary().find(spelled);
  if (const auto raw = from_byte_characters(spelled)) return vocabulary().find(*raw);
  const auto found = unmatched.find(std::string(spelled));
  return found == unmatched.end() ? -1 : found->second;
}

HuggingFaceModel make_model(HuggingFaceJson& file, bool bytes, const std::string& what) {
  const json& part = json_member(file.rest, "model", what);
  const std::string where = what + ": \"model\"";
  std::string type = part_type(part, where);
  if (type.empty()) type = type_by_options(file, part);
  if (type == "BPE") return make_bpe(file, part, bytes, where);
  if (type == "WordPiece") return make_word_piece(file, part, bytes, where);
  if (type == "WordLevel") return make_word_level(file, part, bytes, where);
  if (type == "Unigram") return make_unigram(file, part, bytes, where);
  require(!type.empty(), "{}: has neither a type nor the options of a model that is known", where);
  user_error("{}: the type '{}' is unknown; known are BPE, WordPiece, WordLevel and Unigram", where,
             type);
}

HuggingFaceModel make_byte_level_model(HuggingFaceJson::Ids ids, HuggingFaceJson::Merges merges,
                                       const std::string& what) {
  HuggingFaceJson file;
  file.ids = std::move(ids);
  file.merges = std::move(merges);
  file.has_ids = file.has_merges = true;
  return make_bpe(file, json::object(), true, what);
}

std::vector<AddedToken> number_added_tokens(const std::vector<AddedToken>& tokens,
                                            const HuggingFaceModel& model,
                                            const std::string& what) {
  std::vector<AddedToken> numbered;
  std::unordered_map<std::string_view, int32_t> known;
  int64_t next = model.tokens;
  for (const AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    const int32_t own = model.find(token.content);
    const int64_t id = own >= 0 ? own : next++;
    require(id < INT32_MAX, "{}: there are too many tokens", what);
    require(known.emplace(token.content, id).second, "{}: the added token '{}' is given twice",
            what, token.content);
    require(token.id < 0 || token.id == id,
            "{}: the added token '{}' has the id {}, but its place is {}: added tokens keep the id "
            "of the vocabulary, or follow its {} tokens in order",
            what, token.content, token.id, id, model.tokens);
    const std::string_view other = model.vocabulary().token(static_cast<int32_t>(id));
    require(own >= 0 || other.empty(),
            "{}: the added token '{}' takes the id {}, which is that of '{}' in the vocabulary",
            what, token.content, id, other);
    numbered.push_back(token);
    numbered.back().id = static_cast<int32_t>(id);
  }
  return numbered;
}

}  // namespace tessera
