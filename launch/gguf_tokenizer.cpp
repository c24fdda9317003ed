#include "launch/gguf_tokenizer.h"

#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/formats/gguf_file.h"
#include "framework/tokenizer/ggml_vocabulary.h"
#include "launch/chat_source.h"

namespace tessera {
namespace {

/// The keys tokenizer.* as another file has them.
void copy_keys(GgufWriter& writer, const GgufFile& file, int64_t rows) {
  const GgufMetadata& keys = file.metadata();
  constexpr const char* kTokens = "tokenizer.ggml.tokens";
  require(keys.has(kTokens), "export: {} has no {}: there is no tokenizer to write", file.title(),
          kTokens);
  const auto tokens = static_cast<int64_t>(keys.texts(kTokens).size());
  require(tokens == rows, "export: {} has {} tokens for {} rows", file.title(), tokens, rows);
  for (const std::string& key : keys.keys()) {
    if (!key.starts_with("tokenizer.")) continue;
    const std::string type = keys.type(key);
    if (type == "text") {
      writer.add_text(key, keys.text(key));
    } else if (type == "flag") {
      writer.add_flag(key, keys.flag(key));
    } else if (type == "u32") {
      writer.add_u32(key, static_cast<uint32_t>(keys.integer(key)));
    } else if (type == "i32") {
      writer.add_i32(key, static_cast<int32_t>(keys.integer(key)));
    } else if (type == "f32") {
      writer.add_f32(key, static_cast<float>(keys.real(key)));
    } else if (type == "list of text") {
      writer.add_texts(key, keys.texts(key));
    } else if (type == "list of i32") {
      const std::vector<int64_t> numbers = keys.integers(key);
      writer.add_i32s(key, std::vector<int32_t>(numbers.begin(), numbers.end()));
    } else if (type == "list of f32") {
      const std::vector<double> numbers = keys.reals(key);
      writer.add_f32s(key, std::vector<float>(numbers.begin(), numbers.end()));
    } else {
      user_error("export: {}: {} is a {}, which Tessera does not write", file.title(), key, type);
    }
  }
}

/// The ids that llama.cpp takes where a file names none, as far as a token has them.
std::vector<std::string> notes_on_defaults(const GgmlVocabulary& made) {
  const bool pieces = made.model == "llama";
  std::vector<std::string> notes;
  const auto note = [&](int32_t id, size_t taken, const char* does) {
    if (id < 0 && taken < made.tokens.size())
      notes.push_back(
          fmt::format("the tokenizer has no token that {} texts; llama.cpp takes {} ('{}') for it",
                      does, taken, made.tokens[taken]));
  };
  note(made.special.begin_of_text, pieces ? 1 : 11, "begins");
  note(made.special.end_of_text, pieces ? 2 : 11, "ends");
  return notes;
}

void add_special(GgufWriter& writer, const SpecialTokens& special) {
  for (const GgufRole& role : kGgufRoles)
    if (const int32_t id = special.*role.id; id >= 0)
      writer.add_u32(std::string("tokenizer.ggml.") + role.key, static_cast<uint32_t>(id));
}

}  // namespace

std::vector<std::string> add_tokenizer(GgufWriter& writer, const ModelSource& source,
                                       int64_t rows) {
  if (!source.tokenizer && source.place.extension() == ".gguf") {
    copy_keys(writer, GgufFile(source.place), rows);
    return {};
  }
  GgmlVocabulary made =
      ggml_vocabulary(*source.require_tokenizer(), "export: " + source.place.string());
  require(std::ssize(made.tokens) <= rows,
          "export: {} has rows for {} tokens, and its tokenizer {} tokens", source.place.string(),
          rows, made.tokens.size());
  while (std::ssize(made.tokens) < rows)
    made.add(fmt::format("[PAD{}]", made.tokens.size()), GgmlVocabulary::Kind::unused);
  const std::vector<std::string> defaults = notes_on_defaults(made);
  made.notes.insert(made.notes.end(), defaults.begin(), defaults.end());
  writer.add_text("tokenizer.ggml.model", made.model);
  writer.add_text("tokenizer.ggml.pre", made.expression);
  writer.add_texts("tokenizer.ggml.tokens", made.tokens);
  std::vector<int32_t> kinds;
  for (const GgmlVocabulary::Kind kind : made.kinds) kinds.push_back(static_cast<int32_t>(kind));
  writer.add_i32s("tokenizer.ggml.token_type", kinds);
  if (made.model == "llama")
    writer.add_f32s("tokenizer.ggml.scores", made.scores);
  else
    writer.add_texts("tokenizer.ggml.merges", made.merges);
  add_special(writer, made.special);
  writer.add_flag("tokenizer.ggml.add_bos_token", made.adds_begin);
  writer.add_flag("tokenizer.ggml.add_eos_token", made.adds_end);
  writer.add_flag("tokenizer.ggml.add_space_prefix", made.adds_space);
  if (const std::string chat = chat_template_text(source); !chat.empty())
    writer.add_text("tokenizer.chat_template", chat);
  return made.notes;
}

}  // namespace tessera
