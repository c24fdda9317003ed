#include "framework/chat/chat_template.h"

#include <nlohmann/json.hpp>

#include "framework/chat/lexer.h"
#include "framework/chat/nodes.h"
#include "framework/chat/parser.h"
#include "framework/chat/python_text.h"
#include "framework/chat/renderer.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kTemplateBytes = size_t{1} << 20;

/// Runs `work`, whose errors then begin with `name`.
template <typename Work>
auto named(const std::string& name, Work work) {
  try {
    return work();
  } catch (const UserError& error) {
    user_error("{}, {}", name, error.what());
  }
}

}  // namespace

ChatTemplate::ChatTemplate(std::string_view text, std::string bos, std::string eos,
                           std::string name)
    : bos_(std::move(bos)), eos_(std::move(eos)) {
  require(text.size() <= kTemplateBytes, "{} has {} bytes; at most {} are read", name, text.size(),
          kTemplateBytes);
  require(chat::is_valid_utf8(text), "{} is not UTF-8", name);
  auto tree = std::make_shared<chat::Template>();
  tree->source = chat::template_source(text);
  tree->body = named(name, [&] { return chat::parse_template(tree->source); });
  tree->name = std::move(name);
  template_ = std::move(tree);
}

std::string ChatTemplate::render(const nlohmann::ordered_json& messages,
                                 const nlohmann::ordered_json& tools,
                                 bool add_generation_prompt) const {
  return render(messages, tools, add_generation_prompt, nlohmann::ordered_json::object(),
                std::time(nullptr))
      .text;
}

ChatText ChatTemplate::render(const nlohmann::ordered_json& messages,
                              const nlohmann::ordered_json& tools, bool add_generation_prompt,
                              const nlohmann::ordered_json& variables, std::time_t now,
                              const ChatLimits& limits) const {
  require(messages.is_array(), "a conversation must be a list of messages");
  for (const auto& message : messages)
    require(message.is_object(), "a message must be an object with role and content");
  require(tools.is_null() || tools.is_array(), "tools must be a list of JSON schemas");
  require(variables.is_object(), "the variables of a chat template must be an object");
  return named(template_->name, [&] {
    chat::Renderer renderer(*template_, limits, now);
    const auto set = [&](std::string_view name, const nlohmann::ordered_json& value) {
      renderer.set(name, chat::from_json(value, renderer.allowance()));
    };
    if (!bos_.empty()) set("bos_token", bos_);
    if (!eos_.empty()) set("eos_token", eos_);
    set("messages", messages);
    set("tools", tools);
    set("documents", nullptr);
    set("add_generation_prompt", add_generation_prompt);
    for (const auto& [name, value] : variables.items()) set(name, value);
    return renderer.render();
  });
}

}  // namespace tessera
