// The prompts of `tessera generate`: one from the command line, or a file of them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tessera {

struct Prompt {
  std::string text;
  /// What stands beside the prompt in its line of JSON; results carry it along.
  nlohmann::ordered_json members = nlohmann::ordered_json::object();
};

/// The prompts of a file: a line is a prompt, or, where it begins with '{', a JSON object with the
/// text "prompt" or, with `chat`, the conversation "messages". `file` may be "-", standard input.
/// Throws UserError, which names file and line.
std::vector<Prompt> read_prompts(const std::string& file, bool chat);

}  // namespace tessera
