#include "launch/chat_source.h"

#include <filesystem>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "framework/formats/gguf_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// The template that a tokenizer_config.json holds: a text, or the one called "default" of a list;
/// empty where it holds none.
std::string template_in(const nlohmann::ordered_json& config, const std::string& where) {
  const auto found = config.find("chat_template");
  if (found == config.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  require(found->is_array(), "{}: chat_template is neither a text nor a list", where);
  for (const auto& entry : *found)
    if (entry.is_object() && entry.contains("name") && entry["name"] == "default" &&
        entry.contains("template") && entry["template"].is_string())
      return entry["template"].get<std::string>();
  user_error("{}: chat_template is a list without a template called 'default'", where);
}

std::string template_beside(const fs::path& folder) {
  std::error_code error;
  if (const fs::path file = folder / "chat_template.jinja"; fs::exists(file, error))
    return whole_text(file);
  const fs::path config = folder / "tokenizer_config.json";
  if (!fs::exists(config, error)) return {};
  return template_in(parse_ordered_json_object(whole_text(config), config.string()),
                     config.string());
}

}  // namespace

std::string chat_template_text(const ModelSource& source) {
  std::error_code error;
  if (fs::is_directory(source.place, error)) {
    for (const fs::path& folder :
         {source.place, source.place / kOriginFolder, source.place / kTokenizerFolder})
      if (std::string text = template_beside(folder); !text.empty()) return text;
    return {};
  }
  if (source.place.extension() != ".gguf") return {};
  const GgufFile file(source.place);
  const GgufMetadata& metadata = file.metadata();
  constexpr const char* kKey = "tokenizer.chat_template";
  return metadata.has(kKey) ? metadata.text(kKey) : std::string();
}

ChatTemplate chat_template_of(const ModelSource& source) {
  const std::string text = chat_template_text(source);
  require(!text.empty(),
          "--chat: there is no chat template in {}: the model was made for plain text; leave out "
          "--chat",
          source.place.string());
  const Tokenizer& tokenizer = *source.require_tokenizer();
  const SpecialTokens& special = tokenizer.special();
  const auto spelled = [&](int32_t id) {
    return id == SpecialTokens::kNone ? std::string() : tokenizer.token(id);
  };
  return ChatTemplate(text,
                      spelled(special.begin_of_text != SpecialTokens::kNone ? special.begin_of_text
                                                                            : source.marks.opens),
                      spelled(special.end_of_text != SpecialTokens::kNone ? special.end_of_text
                                                                          : source.marks.closes),
                      "the chat template of " + source.place.string());
}

std::string chat_prompt(const ChatTemplate& chat, const std::string& message,
                        const std::string& system, const nlohmann::ordered_json& members,
                        const std::string& where) {
  auto messages = nlohmann::ordered_json::array();
  nlohmann::ordered_json tools;
  if (const auto given = members.find("messages"); given != members.end()) {
    require(given->is_array() && !given->empty(), "{}: \"messages\" is no list of messages", where);
    require(system.empty(), "{}: --system and \"messages\" do not go together", where);
    messages = *given;
    if (const auto found = members.find("tools"); found != members.end()) tools = *found;
  } else {
    if (!system.empty()) messages.push_back({{"role", "system"}, {"content", system}});
    messages.push_back({{"role", "user"}, {"content", message}});
  }
  return chat.render(messages, tools, true);
}

}  // namespace tessera
