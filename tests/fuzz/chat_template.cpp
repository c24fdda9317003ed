// Chat templates, which are given a conversation with all kinds of values, and little to spend.
#include "framework/chat/chat_template.h"

#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz_target.h"

namespace tessera {
namespace {

void render_template(std::string_view input) {
  static const auto messages = nlohmann::ordered_json::parse(
      R"([{"role": "system", "content": "Be é 🦙."}, {"role": "user", "content": [{"type": "text", "text": "a"}]},
          {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "function": {"name": "f",
            "arguments": {"x": 1, "y": [2.5, null, true, -3]}}}]}])");
  const ChatTemplate chat(input, "<s>", "</s>");
  const ChatText text =
      chat.render(messages, messages, true, nlohmann::ordered_json::object(), 1'700'000'000,
                  {.steps = 20'000, .output_bytes = 1 << 20, .value_bytes = 1 << 22});
  for (const auto& [begin, end] : text.generated)
    check(begin <= end && end <= text.text.size(), "a generated part from {} to {}", begin, end);
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(chat_template, tessera::render_template)
