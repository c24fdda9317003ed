// GgmlVocabulary: a tokenizer as GGUF files hold one (https://github.com/ggml-org/ggml, docs/gguf.md):
// a list of tokens, and names for the rules. What those names do not say cannot be told in a GGUF
// file. "gpt2" is byte-level BPE, whose expression llama.cpp knows by a name; "llama" is
// SentencePiece's BPE, which joins the neighbours whose token has the highest score.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tokenizer/gguf_names.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

struct GgmlVocabulary {
  using Kind = GgufTokenKind;

  std::string model;                // "gpt2" or "llama"
  std::string expression;           // the name of what cuts a text: "gpt-2", "llama-bpe", "default"
  std::vector<std::string> tokens;  // all ids of the tokenizer
  std::vector<Kind> kinds;          // of each token
  std::vector<float> scores;        // of each token, for "llama"
  std::vector<std::string> merges;  // "a b", for "gpt2"
  SpecialTokens special;
  bool adds_begin = false, adds_end = false;  // special.begin_of_text, special.end_of_text
  bool adds_space = false;                    // in front of a text
  std::vector<std::string> notes;             // what readers of the file do not know, for the user

  void add(std::string token, Kind kind, float score = 0);
};

/// Throws UserError, which begins with `where`, naming what of the tokenizer GGUF has no name for.
GgmlVocabulary ggml_vocabulary(const Tokenizer& tokenizer, const std::string& where);

}  // namespace tessera
