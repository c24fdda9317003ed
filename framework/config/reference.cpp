#include "framework/config/reference.h"

#include <fmt/format.h>

#include "framework/config/model_kind.h"
#include "framework/config/yaml.h"

namespace tessera {
namespace {

constexpr const char* kIntroduction = R"(# The config file

This page is generated from `framework/config/fields.h` and the keys that models declare. `tessera config --keys` lists
the same in the terminal.

One YAML file describes a run. It has sections with keys. Tessera reads it strictly: unknown or repeated keys, values of
the wrong type or out of range, and settings that cannot go together are errors, reported all at once with line, column
and what to write instead. A key that the file leaves out has the default shown here. `--set section.key=value` on the
command line overrides the file; the last one wins if a key is set twice. Anchors, aliases and tags are refused.

| type | written as |
|---|---|
| integer | `12`, or with a decimal suffix k, M, B (or G), T: `20M` |
| number | `0.1`, `3e-4` |
| fraction | `5%` or `0.05` |
| duration | `500 steps` or `20M tokens`; tokens are rounded up to whole steps |
| place | `5000 samples` or `20M tokens` of the run's data; tokens are rounded up to whole samples |
| size | `8 GiB`, `500 MiB`; also B, KiB, TiB and the decimal kB, MB, GB, TB |
| text | as it is; in quotes when it holds `:` or `#` |
| list of texts | `[a, b]`; a single text needs no brackets |

For editors that understand JSON schemas, begin the file with
`# yaml-language-server: $schema=…/docs/config.schema.json`.
)";

// A `|` would end the cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

KeyDoc describe(const Field& field) {
  const std::string text = field.yaml_text();
  return {field.path(), type_text(field), field.limits.text(),
          field.limits.is_required ? "required" : text, field.doc};
}

std::string table_of(const std::vector<Field>& fields) {
  std::string out = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const Field& field : fields) {
    const KeyDoc key = describe(field);
    const std::string range = key.limits.empty() ? "" : ", " + key.limits;
    const std::string standard_text =
        field.limits.is_required ? key.standard : "`" + key.standard + "`";
    out += fmt::format("| `{}` | {} | {} | {} |\n", field.name, cell(key.type + range),
                       cell(standard_text), cell(key.doc));
  }
  return out;
}

}  // namespace

std::vector<KeyDoc> config_keys(const KnownKinds& kinds) {
  Config standard = with_kinds(kinds);
  std::vector<KeyDoc> keys;
  for (const Section& section : bind_fields(standard))
    for (const Field& field : section.fields) keys.push_back(describe(field));
  return keys;
}

std::string config_reference_markdown(const KnownKinds& kinds) {
  Config standard = with_kinds(kinds);
  std::string out = kIntroduction;
  for (const Section& section : bind_fields(standard)) {
    out += fmt::format("\n## {}\n\n{}\n\n{}", section.name, section.doc, table_of(section.fields));
    for (const Field& field : section.fields)
      if (!field.items.empty())
        out += fmt::format("\n### {}\n\nThe keys of each map in the list.\n\n{}", field.path(),
                           table_of(field.items));
  }
  return out;
}

}  // namespace tessera
