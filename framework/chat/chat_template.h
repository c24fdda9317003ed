// Chat templates: the text that a model was taught to see a conversation as, written in Jinja and
// kept beside its tokenizer. This is an interpreter of the part of Jinja that such templates use,
// set up as transformers sets up jinja2 (blocks trimmed, tojson without HTML, break and continue,
// `generation` blocks, immutable values). A construct that it does not know is refused by name, with
// its place, when the template is read. Templates are foreign: what they may spend is limited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

namespace chat {
struct Template;
}

/// What one rendering of a template may spend; beyond it the rendering ends with a UserError.
struct ChatLimits {
  int64_t steps = 10'000'000;                // expressions and statements
  int64_t output_bytes = int64_t{64} << 20;  // of the text
  int64_t value_bytes = int64_t{512} << 20;  // of all values made on the way
};

/// A conversation as text.
struct ChatText {
  std::string text;
  /// What stands in `generation` blocks, as ranges of bytes: [first, second) of `text`.
  std::vector<std::pair<size_t, size_t>> generated;
};

class ChatTemplate {
 public:
  /// Reads a template. `bos` and `eos` are the texts of the special tokens bos_token and eos_token;
  /// an empty one is not defined. Errors begin with `name`.
  explicit ChatTemplate(std::string_view text, std::string bos = {}, std::string eos = {},
                        std::string name = "the chat template");

  /// The text of a conversation. `messages` is a list of objects with `role` and `content`, `tools`
  /// a list of JSON schemas or null; `add_generation_prompt` asks for the words that begin an answer.
  std::string render(const nlohmann::ordered_json& messages, const nlohmann::ordered_json& tools,
                     bool add_generation_prompt) const;

  /// The same with further variables (an object: documents, enable_thinking, unk_token, …), which
  /// come before all others, the time that strftime_now() tells, and the generated parts.
  ChatText render(const nlohmann::ordered_json& messages, const nlohmann::ordered_json& tools,
                  bool add_generation_prompt, const nlohmann::ordered_json& variables,
                  std::time_t now, const ChatLimits& limits = {}) const;

 private:
  std::shared_ptr<const chat::Template> template_;
  std::string bos_, eos_;
};

}  // namespace tessera
