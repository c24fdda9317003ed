#include "launch/new_config.h"

#include <fmt/format.h>

#include "framework/config/field.h"
#include "framework/config/model_kind.h"

namespace tessera {

std::string commented_yaml(const Config& config, const std::map<std::string, std::string>& comments,
                           const std::vector<std::string>& head) {
  Config given = config, usual = with_kinds(config.model.kinds);
  usual.model.type = config.model.type;
  const std::vector<Section> now = bind_fields(given), standard = bind_fields(usual);
  const auto comment = [&](const std::string& key) {
    const auto found = comments.find(key);
    return found == comments.end() ? std::string() : found->second;
  };
  std::string out;
  for (const std::string& line : head) out += "# " + line + "\n";
  for (size_t s = 0; s < now.size(); ++s) {
    std::string keys;
    for (size_t f = 0; f < now[s].fields.size(); ++f) {
      const Field& field = now[s].fields[f];
      const std::string note = comment(field.path());
      const bool is_stated = field.limits.is_required || field.name == "type" || !note.empty() ||
                             field.text() != standard[s].fields[f].text();
      if (!is_stated || !reads(config, field.path())) continue;
      if (field.path() == "log.folder" || field.path() == "checkpoint.folder") continue;
      keys += fmt::format("  {}: {}{}\n", field.name, field.yaml_text(),
                          note.empty() ? "" : "  # " + note);
    }
    const std::string note = comment(now[s].name);
    const bool all_usual = now[s].name == "device" || keys.empty();
    if (all_usual && note.empty()) continue;
    if (all_usual) continue;
    out += fmt::format("\n{}:{}\n{}", now[s].name, note.empty() ? "" : "  # " + note, keys);
  }
  return out;
}

}  // namespace tessera
