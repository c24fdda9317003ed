// `tessera config` prints the resolved config, or describes the keys of configs.
#include <fmt/format.h>

#include "framework/config/nearest.h"
#include "framework/config/print.h"
#include "framework/config/reference.h"
#include "framework/core/error.h"
#include "launch/command_line.h"
#include "launch/run_config.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {
namespace {

std::string section_of(const KeyDoc& key) { return key.path.substr(0, key.path.find('.')); }

/// Prints one line for each key of `section`, or for every key when `section` is empty.
void print_keys(const std::string& section) {
  const std::vector<KeyDoc> keys = config_keys(shipped_models().kinds());
  std::vector<std::string> sections;
  size_t width = 0, found = 0;
  for (const KeyDoc& key : keys) {
    if (sections.empty() || sections.back() != section_of(key)) sections.push_back(section_of(key));
    width = std::max(width, key.path.size() + key.standard.size() + 3);
  }
  for (const KeyDoc& key : keys) {
    if (!section.empty() && section_of(key) != section) continue;
    ++found;
    const std::string limits = key.limits.empty() ? "" : ", " + key.limits;
    fmt::print("{:<{}}  {} ({}{})\n", fmt::format("{} = {}", key.path, key.standard), width,
               key.doc, key.type, limits);
  }
  const auto meant = nearest(section, sections);
  require(found > 0, "config --keys: unknown section '{}'{}; known: {}", section,
          meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(sections, ", "));
}

}  // namespace

int run_config(std::span<const std::string> args) {
  const CommandLine line{
      "config",
      "Prints the config as a run would use it: every key with its value, checked, defaults filled "
      "in, overrides applied. The text is itself a config file. With --keys or --schema no file is "
      "read.",
      {{"CONFIG", "a YAML file; with --keys: a section, to list its keys only",
        Word::Count::optional}},
      {set_option(),
       {"table", "", "print a table, as at the start of a run"},
       {"keys", "", "list every key: default, meaning, type and range"},
       {"schema", "", "print the JSON schema, for editors"},
       {"markdown", "", "print the reference page"}},
      {"configs/gpt2-124m.yaml --set batch.sequences=4", "--keys optimizer"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const int forms =
      given->has("table") + given->has("keys") + given->has("schema") + given->has("markdown");
  require(forms <= 1, "config: choose one of --table, --keys, --schema and --markdown");
  if (given->has("keys") || given->has("schema") || given->has("markdown")) {
    require(!given->has("set"), "config: --set changes a config file; it does nothing here");
    if (given->has("keys")) {
      print_keys(given->text("CONFIG"));
      return 0;
    }
    require(!given->has("CONFIG"), "config: --schema and --markdown read no file");
    fmt::print("{}", given->has("schema") ? config_schema_json(shipped_models().kinds())
                                          : config_reference_markdown(shipped_models().kinds()));
    return 0;
  }
  require(given->has("CONFIG"), "config: CONFIG is missing; see `tessera help config`");
  const Config config = load_run_config(given->text("CONFIG"), given->list("set"));
  fmt::print("{}", given->has("table") ? effective_table(config) : to_yaml(config));
  return 0;
}

}  // namespace tessera
