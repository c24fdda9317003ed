#include "framework/tokenizer/bert_vocab.h"

#include <array>
#include <utility>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_config.h"
#include "framework/tokenizer/hugging_face_model.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/unicode.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr std::array<DefaultRole, 5> kRoles = {{{"unk_token", "[UNK]"},
                                                {"sep_token", "[SEP]"},
                                                {"pad_token", "[PAD]"},
                                                {"cls_token", "[CLS]"},
                                                {"mask_token", "[MASK]"}}};
constexpr std::array<std::string_view, 3> kClasses = {"BertTokenizer", "DistilBertTokenizer",
                                                      "ElectraTokenizer"};
constexpr size_t kMostCharacters = 100;  // of a word, unless a tokenizer.json says otherwise

/// The line without the white space at its end, as the reference reads it.
std::string_view trim_end(std::string_view line) {
  size_t end = 0;
  for (size_t at = 0; at < line.size();) {
    const CodePoint point = decode_utf8(line, at);
    at += point.bytes;
    if (!rust::is_whitespace(point.value)) end = at;
  }
  return line.substr(0, end);
}

HuggingFaceJson::Ids read_lines(std::string_view text, const std::string& what) {
  require(is_utf8(text), "{}: is not UTF-8; save it as UTF-8", what);
  HuggingFaceJson::Ids ids;
  bool empty_line = false;
  int64_t id = 0;
  for (size_t at = 0; at < text.size(); ++id) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view token = trim_end(text.substr(at, end - at));
    if (!token.empty() || !empty_line) ids.emplace_back(token, id);
    empty_line = empty_line || token.empty();
    at = end + 1;
  }
  require(!ids.empty(), "{}: has no tokens", what);
  return ids;
}

void check_class(const HuggingFaceConfig& config) {
  std::string name = text_option(config.options, "tokenizer_class", kClasses[0], config.what);
  if (name.ends_with("Fast")) name.resize(name.size() - 4);
  for (const std::string_view known : kClasses)
    if (name == known) return;
  user_error(
      "{}: \"tokenizer_class\" is {}, which is not known to this program to have a vocab.txt; "
      "load it with transformers and save it, which writes a tokenizer.json",
      config.what, name);
}

PostProcessor frame(int32_t cls, int32_t sep) {
  using Item = PostProcessor::Item;
  const auto special = [](int32_t id, int32_t type) { return Item{Item::Kind::special, id, type}; };
  PostProcessor made;
  made.single = {special(cls, 0), {.kind = Item::Kind::first}, special(sep, 0)};
  made.pair = made.single;
  made.pair.push_back({.kind = Item::Kind::second, .type = 1});
  made.pair.push_back(special(sep, 1));
  return made;
}

}  // namespace

bool holds_bert_vocab(const TokenizerFiles& files) { return files.find("vocab.txt") != nullptr; }

PipelineParts read_bert_vocab(const TokenizerFiles& files, const std::string& where) {
  const std::string* text = files.find("vocab.txt");
  require(text != nullptr, "{}: holds no vocab.txt", where);
  const std::string what = place_of(where, "vocab.txt");
  const HuggingFaceConfig config = read_hugging_face_config(files, where, kRoles);
  check_class(config);
  const auto name_of = [&](const char* role) {
    const AddedToken* token = config.role(role);
    require(token != nullptr, "{}: \"{}\" is null; BERT's tokenizer needs it", config.what, role);
    return token->content;
  };
  HuggingFaceJson::Ids ids = read_lines(*text, what);
  HuggingFaceModel model{
      .model = WordPiece(Vocabulary(ids, what), name_of("unk_token"), "##", kMostCharacters, what),
      .tokens = static_cast<int64_t>(ids.size())};
  BertNormalizer bert;
  bert.lower_case = flag_option(config.options, "do_lower_case", true, config.what);
  bert.strip_accents = flag_option(config.options, "strip_accents", bert.lower_case, config.what);
  bert.cjk_characters = flag_option(config.options, "tokenize_chinese_chars", true, config.what);
  Normalizer normalizer({bert});
  std::vector<AddedToken> added = number_added_tokens(config.to_add(), model, where);
  name_of("cls_token");
  name_of("sep_token");
  const SpecialTokens special = find_special_tokens(config, added, model);
  AddedTokens tokens(std::move(added), normalizer);
  return {.added = std::move(tokens),
          .normalizer = std::move(normalizer),
          .pre_tokenizer = PreTokenizer({BertStep{}}),
          .model = std::move(model.model),
          .post_processor = frame(special.cls, special.sep),
          .decoder = Decoder({WordPieceDecoder{}}),
          .special = special};
}

}  // namespace tessera
