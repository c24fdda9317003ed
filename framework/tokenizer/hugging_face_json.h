// The text of a tokenizer.json, read in one pass. Its vocabulary and merges, hundreds of thousands
// of entries, go straight into flat lists; the rest, which is small, becomes a JSON document. The
// rules are those of framework/core/json.h: no key twice, no deep nesting, no zero bytes; a byte
// order mark is refused, too, as the reference refuses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

struct HuggingFaceJson {
  using Ids = std::vector<std::pair<std::string, int64_t>>;
  using Scores = std::vector<std::pair<std::string, double>>;
  using Merges = std::vector<std::pair<std::string, std::string>>;

  nlohmann::json rest;      // everything but what follows
  bool has_ids = false;     // "vocab" of "model" is an object
  bool has_scores = false;  // "vocab" of "model" is a list
  bool has_merges = false;
  Ids ids;
  Scores scores;
  Merges merges;
};

/// Parses a tokenizer.json. Throws UserError, which begins with `what`.
HuggingFaceJson parse_hugging_face_json(std::string_view text, const std::string& what);
/// Parses a vocab.json: an object of ids by token.
HuggingFaceJson::Ids parse_vocabulary_json(std::string_view text, const std::string& what);
/// The two tokens of a merge that is spelled with a space between them. `number` is its place in the
/// file, for the error.
std::pair<std::string, std::string> split_merge(std::string_view line, size_t number,
                                                const std::string& what);

}  // namespace tessera
