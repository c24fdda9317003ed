#include "framework/config/print.h"

#include <fmt/format.h>

#include "framework/config/model_kind.h"
#include "framework/config/yaml.h"

namespace tessera {
std::string to_yaml(const Config& config) {
  Config copy = config;
  std::string out;
  for (const Section& section : bind_fields(copy)) {
    out += section.name + ":\n";
    for (const Field& field : section.fields)
      out += fmt::format("  {}: {}\n", field.name, field.yaml_text());
  }
  return out;
}

std::string effective_table(const Config& config) {
  constexpr size_t kWidth = 100, kFirst = 15;  // columns; width of the section column
  Config copy = config;
  std::string out;
  for (const Section& section : bind_fields(copy)) {
    std::string line = fmt::format("{:<{}}", section.name, kFirst);
    for (const Field& field : section.fields) {
      if (!reads(config, field.path())) continue;
      std::string value = field.yaml_text();
      const std::string meaning = auto_meaning(config, field.path());
      if (value == "auto" && !meaning.empty()) value += "(" + meaning + ")";
      const std::string pair = field.name + "=" + value;
      if (line.size() > kFirst && line.size() + pair.size() > kWidth) {
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        line.assign(kFirst, ' ');
      }
      line += pair + "  ";
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

}  // namespace tessera
