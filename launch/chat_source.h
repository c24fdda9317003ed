// The chat template that a model was published with, and prompts as the conversations that it makes
// texts of.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "framework/chat/chat_template.h"
#include "launch/source.h"

namespace tessera {

/// The template beside the model: chat_template.jinja or the "chat_template" of
/// tokenizer_config.json in its folder, or tokenizer.chat_template in its .gguf. Throws UserError
/// where there is none.
ChatTemplate chat_template_of(const ModelSource& source);

/// The text of that template; empty where there is none.
std::string chat_template_text(const ModelSource& source);

/// The text that asks for an answer: to a user's message, after a system's where `system` is not
/// empty; or to the conversation "messages" of `members`, with its "tools" if it has some. Errors
/// begin with `where`.
std::string chat_prompt(const ChatTemplate& chat, const std::string& message,
                        const std::string& system, const nlohmann::ordered_json& members,
                        const std::string& where);

}  // namespace tessera
