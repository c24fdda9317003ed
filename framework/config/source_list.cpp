#include "framework/config/source_list.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>

#include "framework/config/field_of.h"
#include "framework/config/fields.h"
#include "framework/config/nearest.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kMost = 1000;  // sources
constexpr const char* kExample = "[{shards: a, weight: 3}, {shards: b, weight: 1}]";

/// The keys of `source`, which must outlive them.
std::vector<Field> fields_of(DataSourceConfig& source) {
  std::vector<Field> list;
  fields(source, [&]<typename T>(const char* name, T& member, const char* doc, Limits limits = {}) {
    Field field = field_of<T>("data.sources", name, doc, limits);
    field.read = [&member, limits](std::string_view text) {
      return read_value(text, limits, member);
    };
    field.text = [&member] { return value_text(member); };
    list.push_back(std::move(field));
  });
  return list;
}

Complaint read_key(std::vector<Field>& keys, const YamlEntry& entry, std::set<std::string>& seen) {
  if (entry.key.kind != YamlNode::Kind::scalar) return "a key must be a plain name";
  const std::string& name = entry.key.text;
  const auto key = std::ranges::find(keys, name, &Field::name);
  if (key == keys.end()) {
    std::vector<std::string> names;
    for (const Field& known : keys) names.push_back(known.name);
    const auto meant = nearest(name, names);
    return fmt::format("unknown key {}; {}", shown(name),
                       meant ? "did you mean " + *meant + "?"
                             : fmt::format("its keys are {}", fmt::join(names, ", ")));
  }
  if (!seen.insert(name).second)
    return fmt::format("{} stands twice; remove one of them", shown(name));
  if (entry.value.kind != YamlNode::Kind::scalar)
    return fmt::format("{}: expected {}; write one value", name, type_text(*key));
  const Complaint complaint = key->read(entry.value.text);
  return complaint.empty() ? complaint : name + ": " + complaint;
}

Complaint read_source(const YamlNode& node, DataSourceConfig& source) {
  if (node.kind != YamlNode::Kind::map) return "expected a map such as {shards: a, weight: 3}";
  std::vector<Field> keys = fields_of(source);
  std::set<std::string> seen;
  for (const YamlEntry& entry : node.entries)
    if (Complaint complaint = read_key(keys, entry, seen); !complaint.empty()) return complaint;
  return source.shards.empty() ? "shards must be stated; write such as {shards: a, weight: 3}" : "";
}

}  // namespace

Complaint read_sources(const YamlNode& list, std::vector<DataSourceConfig>& out) {
  if (list.kind != YamlNode::Kind::list)
    return fmt::format("expected a list of maps; write it such as {}", kExample);
  if (list.items.size() > kMost)
    return fmt::format("{} sources; at most {} are read", list.items.size(), kMost);
  std::vector<DataSourceConfig> sources(list.items.size());
  for (size_t i = 0; i < sources.size(); ++i)
    if (const Complaint complaint = read_source(list.items[i], sources[i]); !complaint.empty())
      return fmt::format("source {} (line {}): {}", i + 1, list.items[i].place.line, complaint);
  out = std::move(sources);
  return {};
}

std::vector<Field> source_fields() {
  const auto standard = std::make_shared<DataSourceConfig>();
  std::vector<Field> list = fields_of(*standard);
  for (Field& field : list)
    field.text = [standard, text = field.text] { return text(); };  // keeps the defaults alive
  return list;
}

Complaint read_value(std::string_view text, const Limits&, std::vector<DataSourceConfig>& out) {
  Problems problems("the list");
  try {
    const YamlNode node = parse_yaml(text, "the list", problems);
    problems.throw_if_any();
    return read_sources(node, out);
  } catch (const UserError& error) {
    return fmt::format("{} is no list of maps ({}); write it such as {}", shown(text), error.what(),
                       kExample);
  }
}

std::string value_text(const std::vector<DataSourceConfig>& value) {
  std::string text;
  DataSourceConfig usual;
  const std::vector<Field> standard = fields_of(usual);
  for (DataSourceConfig source : value) {
    std::string map;
    const std::vector<Field> keys = fields_of(source);
    for (size_t i = 0; i < keys.size(); ++i)
      if (const std::string one = keys[i].text(); one != standard[i].text())
        map += fmt::format("{}{}: {}", map.empty() ? "" : ", ", keys[i].name, yaml_scalar(one));
    text += fmt::format("{}{{{}}}", text.empty() ? "" : ", ", map);
  }
  return "[" + text + "]";
}

}  // namespace tessera
