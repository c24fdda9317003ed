#include "framework/tokenizer/ggml_bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "framework/core/error.h"
#include "framework/tokenizer/byte_level.h"
#include "framework/tokenizer/gguf_pre_tokenizers.h"
#include "framework/tokenizer/hugging_face_json.h"

namespace tessera {
namespace {

using Kind = GgmlVocabulary::Kind;
using Item = PostProcessor::Item;

constexpr std::string_view kSpace = "▁";

std::string_view name_of(const TokenModel& model) {
  constexpr std::array<std::string_view, 4> kNames{"BPE", "WordPiece", "WordLevel", "Unigram"};
  return kNames[model.index()];
}

/// As the files spell them.
Bpe::Merges merges_of(const Tokenizer& tokenizer, const std::string& where) {
  const TokenizerFiles& files = tokenizer.files();
  if (tokenizer.kind() == "tokenizer.json")
    for (const auto& [name, bytes] : files.all())
      if (name == "tokenizer.json" || (files.all().size() == 1 && name.ends_with(".json")))
        return parse_hugging_face_json(bytes, where + ": " + name).merges;
  for (const char* name : {"merges.txt", "vocab.bpe"}) {
    const std::string* text = files.find(name);
    if (!text) continue;
    Bpe::Merges merges;
    for (size_t at = 0; at < text->size();) {
      const size_t end = std::min(text->find('\n', at), text->size());
      std::string_view line = std::string_view(*text).substr(at, end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.starts_with("#version"))
        merges.push_back(split_merge(line, merges.size() + 1, where + ": " + name));
      at = end + 1;
    }
    return merges;
  }
  user_error(
      "{}: the tokenizer is of the kind {}, which lists no merges; save it with transformers, "
      "which writes a tokenizer.json",
      where, tokenizer.kind());
}

/// Whether spaces become "▁" and nothing else happens; what stands before a text.
struct SpaceRules {
  bool adds = false, only_first = false;
};
std::optional<SpaceRules> space_rules(const PipelineParts& parts) {
  SpaceRules rules;
  bool replaces = false;
  for (const NormalizerStep& step : parts.normalizer.steps()) {
    if (const auto* prepend = std::get_if<PrependText>(&step);
        prepend && prepend->text == kSpace && !replaces && !rules.adds) {
      rules.adds = true;
    } else if (const auto* replace = std::get_if<ReplaceText>(&step);
               replace && !replace->pattern.is_regex() && replace->pattern.text() == " " &&
               replace->content == kSpace && !replaces) {
      replaces = true;
    } else {
      return std::nullopt;
    }
  }
  const auto& steps = parts.pre_tokenizer.steps();
  if (steps.empty()) return replaces ? std::optional(rules) : std::nullopt;
  const auto* space = std::get_if<MetaspaceStep>(&steps.front());
  if (steps.size() != 1 || !space || space->split || space->replacement != kSpace || rules.adds)
    return std::nullopt;
  rules.adds = space->prepend != MetaspaceStep::Prepend::never;
  rules.only_first = space->prepend == MetaspaceStep::Prepend::first;
  return rules;
}

void add_tokens(GgmlVocabulary& out, const Tokenizer& tokenizer, const PipelineParts& parts,
                const std::string& where) {
  const bool spells_bytes = out.model == "gpt2", has_bytes = !spells_bytes;
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    std::string token = tokenizer.token(id);
    if (spells_bytes) token = to_byte_characters(token);
    const AddedToken* added = parts.added.find(id);
    Kind kind = Kind::normal;
    if (added) {
      require(!added->single_word && !added->left_strip && !added->right_strip,
              "{}: the added token '{}' has {}, which GGUF has no name for", where, added->content,
              added->single_word  ? "single_word"
              : added->left_strip ? "lstrip"
                                  : "rstrip");
      kind = added->special ? Kind::control : Kind::user_defined;
      token = added->content;
    }
    if (has_bytes && id == parts.special.unknown) kind = Kind::unknown;
    if (has_bytes && token.size() == 6 && token.starts_with("<0x") && token.ends_with('>'))
      kind = Kind::byte;
    if (token.empty()) {
      kind = Kind::unused;
      token = fmt::format("[PAD{}]", id);
    }
    out.add(std::move(token), kind);
  }
}

/// The tokens around a text: one that begins it, and one that ends it.
void set_frame(GgmlVocabulary& out, const PipelineParts& parts, const std::string& where) {
  out.special = parts.special;
  const std::vector<Item>& items = parts.post_processor.single;
  bool behind = false;
  for (const Item& item : items) {
    if (item.kind == Item::Kind::first) {
      behind = true;
      continue;
    }
    bool& adds = behind ? out.adds_end : out.adds_begin;
    int32_t& id = behind ? out.special.end_of_text : out.special.begin_of_text;
    require(!adds && (id < 0 || id == item.id),
            "{}: the tokenizer puts '{}' {} a text, and GGUF has a name for one token there, the "
            "one that {} texts",
            where, out.tokens[static_cast<size_t>(item.id)], behind ? "behind" : "before",
            behind ? "ends" : "begins");
    adds = true;
    id = item.id;
  }
  if (out.special.end_of_text < 0) out.special.end_of_text = parts.special.end_of_document;
  if (out.special.begin_of_text < 0) out.special.begin_of_text = parts.special.end_of_document;
}

void set_byte_level(GgmlVocabulary& out, const PipelineParts& parts, const Bpe& bpe,
                    const std::string& where) {
  out.model = "gpt2";
  out.expression = gguf_pre_tokenizer_name(parts.pre_tokenizer, bpe.options().ignore_merges);
  require(!out.expression.empty(),
          "{}: the tokenizer's pre_tokenizer is none that GGUF has a name for; Tessera knows those "
          "of {}",
          where, written_gguf_pre_tokenizers());
  const auto& steps = parts.normalizer.steps();
  const auto* form = steps.size() == 1 ? std::get_if<UnicodeForm>(&steps.front()) : nullptr;
  const bool composes = form && form->kind == UnicodeForm::Kind::nfc && out.expression == "qwen2";
  require(steps.empty() || composes,
          "{}: the tokenizer has a normalizer, which GGUF has no name for", where);
  if (composes)
    out.notes.emplace_back("the tokenizer composes characters (NFC); readers of GGUF files do not");
  require(parts.decoder.joins_bytes(), "{}: the tokenizer's decoder is not ByteLevel", where);
}

void set_spaces(GgmlVocabulary& out, const PipelineParts& parts, const Bpe& bpe,
                const std::string& where) {
  out.model = "llama";
  out.expression = "default";
  const std::optional<SpaceRules> rules = space_rules(parts);
  require(rules.has_value() && bpe.options().byte_fallback && !bpe.options().ignore_merges,
          "{}: the tokenizer is neither byte-level BPE nor SentencePiece's with byte_fallback, the "
          "two kinds of BPE that GGUF has names for",
          where);
  out.adds_space = rules->adds;
  if (rules->only_first)
    out.notes.emplace_back(
        "the tokenizer puts a space before a text alone; llama.cpp puts one behind special tokens, "
        "too");
}

}  // namespace

GgmlVocabulary ggml_bpe(const Tokenizer& tokenizer, const Pipeline& pipeline,
                        const std::string& where) {
  const PipelineParts& parts = pipeline.parts();
  const Bpe* bpe = std::get_if<Bpe>(&parts.model);
  require(bpe != nullptr, "{}: the tokenizer is {}; for these models GGUF has names for BPE alone",
          where, name_of(parts.model));
  const BpeOptions& options = bpe->options();
  require(options.continuing_prefix.empty() && options.word_suffix.empty(),
          "{}: the tokenizer has {}, which GGUF has no name for", where,
          options.word_suffix.empty() ? "a continuing_subword_prefix" : "an end_of_word_suffix");
  GgmlVocabulary out;
  if (pipeline.byte_level())
    set_byte_level(out, parts, *bpe, where);
  else
    set_spaces(out, parts, *bpe, where);
  const Bpe::Merges merges = merges_of(tokenizer, where);
  add_tokens(out, tokenizer, parts, where);
  set_frame(out, parts, where);
  if (out.model == "llama") {
    score_by_merges(out, bpe->vocabulary(), merges, where);
  } else {
    out.scores.clear();
    for (const auto& [first, second] : merges) out.merges.push_back(first + " " + second);
  }
  return out;
}

}  // namespace tessera
