// `tessera chat` shows conversations as a chat template makes text of them.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "framework/chat/chat_template.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "launch/command_line.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

/// Takes a member of a conversation out of it, so that variables are left.
Json taken(Json& conversation, const char* key, Json otherwise) {
  if (!conversation.contains(key)) return otherwise;
  Json value = conversation[key];
  conversation.erase(key);
  return value;
}

}  // namespace

int run_chat(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "chat",
      .summary =
          "Shows the text that a chat template makes of conversations. A line of FILE is a JSON "
          "object: messages, and where needed tools, add_generation_prompt and other variables.",
      .words = {{"TEMPLATE", "a file with a chat template, such as chat_template.jinja"},
                {"FILE", "conversations (default: standard input)", Word::Count::optional}},
      .options = {{"bos", "TEXT", "the text of the token that begins a text"},
                  {"eos", "TEXT", "the text of the token that ends a text"},
                  {"now", "SECONDS", "the time that strftime_now tells, since 1970"},
                  {"json", "", "print a JSON object for each: text and generated, or error"}},
      .examples = {"chat_template.jinja talks.jsonl --bos '<s>' --eos '</s>'"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::string named = given->text("TEMPLATE"), file = given->text("FILE");
  const ChatTemplate chat(whole_text(named), given->text("bos"), given->text("eos"), named);
  const auto now = static_cast<std::time_t>(given->integer("now", std::time(nullptr)));
  std::ifstream opened;
  if (!file.empty()) {
    opened.open(file);
    require(opened.good(), "{}: cannot read", file);
  }
  std::istream& in = file.empty() ? std::cin : opened;
  std::string text;
  for (int64_t number = 1; std::getline(in, text); ++number) {
    const std::string where =
        fmt::format("{}, line {}", file.empty() ? "standard input" : file, number);
    Json conversation = parse_ordered_json_object(text, where);
    const Json messages = taken(conversation, "messages", Json::array());
    const Json tools = taken(conversation, "tools", nullptr);
    const Json prompt = taken(conversation, "add_generation_prompt", false);
    require(prompt.is_boolean(), "{}: add_generation_prompt must be true or false", where);
    Json shown;
    try {
      const ChatText made = chat.render(messages, tools, prompt.get<bool>(), conversation, now);
      if (!given->has("json")) {
        fmt::print("{}\n", made.text);
        continue;
      }
      shown["text"] = made.text;
      shown["generated"] = made.generated;
    } catch (const UserError& error) {
      if (!given->has("json")) user_error("{}: {}", where, error.what());
      shown["error"] = error.what();
    }
    fmt::print("{}\n", shown.dump());
  }
  return 0;
}

}  // namespace tessera
