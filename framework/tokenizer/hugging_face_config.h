// What stands beside the vocabulary in a folder of Hugging Face's: tokenizer_config.json, and in old
// folders special_tokens_map.json and added_tokens.json. They say which tokens have which role, and
// how transformers 5.24.0 builds a tokenizer from a plain vocabulary.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/tokenizer/added_tokens.h"
#include "framework/tokenizer/files.h"
#include "framework/tokenizer/hugging_face_model.h"
#include "framework/tokenizer/special_tokens.h"

namespace tessera {

struct HuggingFaceConfig {
  struct Role {
    std::string name;  // "bos_token" and so on
    AddedToken token;
  };

  nlohmann::json options = nlohmann::json::object();  // tokenizer_config.json
  std::string what;                                   // its name, for errors
  std::vector<Role> roles;             // bos, eos, unk, sep, pad, cls, mask, then the model's own
  std::vector<AddedToken> declared{};  // with their ids, in their order
  std::vector<AddedToken> extra{};     // special tokens without a role

  const AddedToken* role(std::string_view name) const;
  /// All of the above in the order in which transformers adds them, each once. An id is -1 where the
  /// files name none.
  std::vector<AddedToken> to_add() const;
};

/// The name and the token of a role.
using DefaultRole = std::pair<std::string_view, std::string_view>;

/// Reads the files that are there; `defaults` are the roles that need not be written. Throws
/// UserError, which begins with `where`.
HuggingFaceConfig read_hugging_face_config(const TokenizerFiles& files, const std::string& where,
                                           std::span<const DefaultRole> defaults = {});

/// The ids of the roles. A role whose token is unknown has none.
SpecialTokens find_special_tokens(const HuggingFaceConfig& config,
                                  std::span<const AddedToken> added, const HuggingFaceModel& model);

/// The path of the file `name`, where `where` is that path or the folder's.
std::string place_of(const std::string& where, std::string_view name);

}  // namespace tessera
