#include "framework/config/print.h"

#include <fmt/format.h>

#include "framework/config/field.h"
#include "framework/config/yaml.h"

namespace tessera {
namespace {

// What `auto` stands for, where the config alone says; empty where tokenizer or machine decide.
std::string resolved(const Config& config, const std::string& path) {
  const ModelConfig& model = config.model;
  if (path == "model.kv_heads") return fmt::format("{}", model.kv_head_count());
  if (path == "model.head_dim") return fmt::format("{}", model.head_width());
  if (path == "model.mlp_hidden") return fmt::format("{}", model.mlp_width());
  if (path == "model.segments") return fmt::format("{}", model.segment_count());
  if (path == "batch.length") return fmt::format("{}", config.sequence_length());
  return {};
}

}  // namespace

std::string to_yaml(const Config& config) {
  Config copy = config;
  std::string out;
  for (const Section& section : bind_fields(copy)) {
    out += section.name + ":\n";
    for (const Field& field : section.fields)
      out += fmt::format("  {}: {}\n", field.name, yaml_scalar(field.text()));
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
      std::string value = yaml_scalar(field.text());
      const std::string meaning = resolved(config, field.path());
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
