#include "framework/tokenizer/ggml_vocabulary.h"

#include <fmt/format.h>

#include <utility>

#include "framework/core/error.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/ggml_bpe.h"
#include "framework/tokenizer/hugging_face_json.h"
#include "framework/tokenizer/hugging_face_options.h"
#include "framework/tokenizer/sentence_piece_file.h"

namespace tessera {

void GgmlVocabulary::add(std::string token, Kind kind, float score) {
  tokens.push_back(std::move(token));
  kinds.push_back(kind);
  scores.push_back(score);
}

namespace {

using Kind = GgmlVocabulary::Kind;

/// Of a tokenizer_config.json beside a SentencePiece file; transformers' LlamaTokenizer has the same
/// defaults.
bool asked(const TokenizerFiles& files, const char* name, bool otherwise,
           const std::string& where) {
  const std::string* config = files.find("tokenizer_config.json");
  if (!config) return otherwise;
  const nlohmann::json options =
      parse_hugging_face_json(*config, where + ": tokenizer_config.json").rest;
  return flag_option(options, name, otherwise, where + ": tokenizer_config.json");
}

GgmlVocabulary of_sentence_piece(const Tokenizer& tokenizer, const std::string& where) {
  const std::string* bytes = tokenizer.files().find(file_of_tokens(tokenizer));
  check(bytes != nullptr, "a SentencePiece tokenizer without its file");
  const SentencePieceFile file = SentencePieceFile::read(*bytes, where);
  using Algorithm = SentencePieceFile::Algorithm;
  require(file.algorithm == Algorithm::bpe,
          "{}: the tokenizer is SentencePiece's {}; for these models GGUF has its BPE alone", where,
          file.algorithm == Algorithm::unigram ? "Unigram" : "words or characters");
  const SentencePieceFile::Rules& rules = file.normalizer;
  const auto demand = [&](bool fits, std::string_view what) {
    require(fits, "{}: the tokenizer {}, which GGUF has no name for", where, what);
  };
  demand(rules.charsmap.empty(), "changes characters (a charsmap)");
  demand(!rules.removes_spaces, "removes spaces (remove_extra_whitespaces)");
  demand(rules.escapes_spaces, "does not escape spaces (escape_whitespaces: false)");
  demand(!rules.spaces_end_pieces, "puts spaces behind words (treat_whitespace_as_suffix)");
  demand(file.byte_fallback, "has no bytes for unknown characters (byte_fallback: false)");
  GgmlVocabulary out;
  out.model = "llama";
  out.expression = "default";
  for (const SentencePieceFile::Piece& piece : file.pieces)
    out.add(piece.text, static_cast<Kind>(piece.kind), piece.score);
  out.special = tokenizer.special();
  const SentencePiece piece(*bytes, where);
  out.special.begin_of_text = piece.begin_id();
  out.special.end_of_text = piece.end_id();
  out.adds_space = rules.adds_space;
  out.adds_begin =
      out.special.begin_of_text >= 0 && asked(tokenizer.files(), "add_bos_token", true, where);
  out.adds_end =
      out.special.end_of_text >= 0 && asked(tokenizer.files(), "add_eos_token", false, where);
  return out;
}

}  // namespace

GgmlVocabulary ggml_vocabulary(const Tokenizer& tokenizer, const std::string& where) {
  if (const Pipeline* pipeline = tokenizer.pipeline()) return ggml_bpe(tokenizer, *pipeline, where);
  require(!tokenizer.files().all().empty(),
          "{}: its tokens are bytes, which GGUF has no name for; train a tokenizer with `tessera "
          "tokenizer train`",
          where);
  return of_sentence_piece(tokenizer, where);
}

}  // namespace tessera
