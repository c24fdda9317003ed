// The keys of a GGUF file below "tokenizer.ggml.", and the tokens that they list: what all kinds of
// tokenizers in such files have in common.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/formats/gguf_metadata.h"
#include "framework/tokenizer/gguf_names.h"

namespace tessera {

class GgufVocabulary {
 public:
  /// Throws UserError, which begins with `what`, when there are no tokens, or their list and that of
  /// their kinds do not agree. The metadata must outlive this object.
  GgufVocabulary(const GgufMetadata& metadata, std::string what);

  const std::string& what() const { return what_; }
  size_t size() const { return texts.size(); }
  bool has(const char* name) const { return metadata_.has(key(name)); }
  std::string text(const char* name) const;  // empty where the key is missing
  bool flag(const char* name, bool otherwise) const;
  std::vector<double> reals(const char* name) const { return metadata_.reals(key(name)); }
  std::vector<int64_t> integers(const char* name) const { return metadata_.integers(key(name)); }
  /// The two parts of every merge.
  nlohmann::json merges() const;

  /// The id under a key such as "bos_token_id", or -1.
  int64_t id(const char* name) const;
  /// The token of that id; empty where there is none.
  std::string token(const char* name) const;
  /// Ids by token.
  nlohmann::json ids() const;
  /// The "added_tokens" of a tokenizer.json: those that texts are cut at.
  nlohmann::json added_tokens() const;
  /// A tokenizer_config.json: the tokens by role, whether texts get the one that opens or closes
  /// them, and the chat template.
  std::string config(bool add_bos, bool add_eos) const;

  std::vector<std::string> texts;
  std::vector<GgufTokenKind> kinds;

 private:
  static std::string key(const char* name) { return std::string("tokenizer.ggml.") + name; }
  const GgufMetadata& metadata_;
  std::string what_;
};

}  // namespace tessera
