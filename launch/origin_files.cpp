#include "launch/origin_files.h"

#include <system_error>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char *kConfig = "config.json", *kGeneration = "generation_config.json",
                     *kChat = "chat_template.jinja", *kTypes = "types.json";

std::string text_if_there(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) ? whole_text(file) : "";
}

StoredType type_called(const std::string& name, const std::string& what) {
  for (int i = 0; i <= static_cast<int>(StoredType::q4_1); ++i)
    if (to_string(static_cast<StoredType>(i)) == name) return static_cast<StoredType>(i);
  user_error("{}: there is no type '{}'", what, name);
}

}  // namespace

OriginFiles origin_of(const OutsideModel& model, const OutsideSource& tensors) {
  // The metadata of a GGUF file are no config.json.
  if (model.family().gguf) return {};
  return {model.original(), text_if_there(model.path() / kGeneration),
          text_if_there(model.path() / kChat), tensors.stored_types()};
}

OriginFiles origin_of(const ModelSource& source) {
  if (source.outside) return origin_of(*source.outside, *source.outside_tensors);
  OriginFiles origin;
  const fs::path folder = source.place / kOriginFolder;
  const fs::path config = folder / kConfig, types = folder / kTypes;
  if (const std::string text = text_if_there(config); !text.empty())
    origin.config = parse_ordered_json_object(text, config.string());
  origin.generation_config = text_if_there(folder / kGeneration);
  origin.chat_template = text_if_there(folder / kChat);
  if (const std::string text = text_if_there(types); !text.empty()) {
    const auto list = parse_json_object(text, types.string());
    for (const auto& [name, type] : list.items())
      origin.types[name] = type_called(json_text(type, types.string()), types.string());
  }
  return origin;
}

std::map<std::string, std::string> to_files(const OriginFiles& origin) {
  std::map<std::string, std::string> files;
  if (origin.config.empty()) return files;
  files[kOriginFolder + std::string("/") + kConfig] = origin.config.dump(2) + "\n";
  if (!origin.generation_config.empty())
    files[kOriginFolder + std::string("/") + kGeneration] = origin.generation_config;
  if (!origin.chat_template.empty())
    files[kOriginFolder + std::string("/") + kChat] = origin.chat_template;
  Json types = Json::object();
  for (const auto& [name, type] : origin.types) types[name] = to_string(type);
  files[kOriginFolder + std::string("/") + kTypes] = types.dump(1) + "\n";
  return files;
}

}  // namespace tessera
