#include "launch/document_marks.h"

#include <charconv>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/record/run_state.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

Json json_of(int32_t id) { return id == SpecialTokens::kNone ? Json() : Json(id); }

int32_t id_of(const Json& object, const char* name, int32_t vocab, const std::string& where) {
  const Json& value = object.at(name);
  if (value.is_null()) return SpecialTokens::kNone;
  const int64_t id = json_count(value, name);
  require(id < vocab, "{}: the id {} that marks documents is outside of the vocabulary of {}",
          where, id, vocab);
  return static_cast<int32_t>(id);
}

}  // namespace

std::string to_text(const DocumentMarks& marks) {
  return Json{{"opens", json_of(marks.opens)}, {"closes", json_of(marks.closes)}}.dump();
}

DocumentMarks document_marks_of(const CheckpointReader& reader, const Tokenizer& tokenizer) {
  const std::string where = (reader.directory() / "run.json").string();
  for (const auto& [name, value] : parse_run_state(reader.run_json(), where).environment) {
    if (name != kDocumentMarks) continue;
    try {
      const Json json = parse_json_object(value, std::string(kDocumentMarks));
      return {.opens = id_of(json, "opens", tokenizer.vocab_size(), where),
              .closes = id_of(json, "closes", tokenizer.vocab_size(), where)};
    } catch (const nlohmann::json::exception&) {
      user_error("{}: {} is not what `tessera train` writes: {}", where, kDocumentMarks, value);
    }
  }
  return DocumentMarks::of(tokenizer.special());
}

int32_t document_mark(const std::string& word, const Tokenizer& tokenizer,
                      std::string_view option) {
  if (word == "none") return SpecialTokens::kNone;
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id)
    if (tokenizer.token(id) == word) return id;
  int32_t id = 0;
  const char* end = word.data() + word.size();
  const bool number =
      word.size() > 1 && word[0] == '#' && std::from_chars(word.data() + 1, end, id).ptr == end;
  require(number && id >= 0 && id < tokenizer.vocab_size(),
          "{}: the tokenizer has no token '{}'; write a token as `tessera tokenizer show` spells "
          "it, #ID (0 to {}), or none",
          option, word, tokenizer.vocab_size() - 1);
  return id;
}

}  // namespace tessera
