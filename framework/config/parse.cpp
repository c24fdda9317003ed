#include "framework/config/parse.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "framework/config/combinations.h"
#include "framework/config/model_kind.h"
#include "framework/config/nearest.h"
#include "framework/config/problems.h"
#include "framework/config/run_name.h"
#include "framework/config/yaml.h"

namespace tessera {
namespace {

// Where a key got its value: a place in the file, or a `--set`.
struct Origin {
  TextPlace place;
  std::string set;  // the key of the `--set`
};

template <typename Named>
std::vector<std::string> names_of(const std::vector<Named>& list) {
  std::vector<std::string> names;
  for (const Named& item : list) names.push_back(item.name);
  return names;
}

class Reader {
 public:
  Reader(Config& config, Problems& problems)
      : config_(config), sections_(bind_fields(config)), problems_(problems) {}

  void read_document(const YamlNode& root) {
    if (root.kind == YamlNode::Kind::broken) return;
    std::map<std::string, TextPlace> seen;
    for (const YamlEntry& entry : root.entries) {
      if (!is_fresh_key(entry.key, "", seen)) continue;
      Section* section = find_section(entry.key.text);
      if (!section) {
        problems_.at(entry.key.place, unknown_section(entry.key.text));
        // The reader goes on with what was meant, to report all that is wrong.
        section = nearest_section(entry.key.text);
        if (!section || entry.value.kind != YamlNode::Kind::map) continue;
      }
      places_[section->name] = entry.key.place;
      if (entry.value.kind == YamlNode::Kind::map)
        read_section(*section, entry.value);
      else if (entry.value.kind != YamlNode::Kind::nothing &&
               entry.value.kind != YamlNode::Kind::broken)
        problems_.at(
            entry.value.place,
            fmt::format("{} is a section; write its keys indented below it, such as '{}: {}'",
                        section->name, section->fields[0].name, section->fields[0].text()));
    }
  }

  // Reads `section.key=value`.
  void read_set(const std::string& set) {
    const size_t equals = set.find('=');
    if (equals == std::string::npos)
      return problems_.in_set(shown(set),
                              "is no override; write section.key=value, such as train.seed=7");
    const std::string path = set.substr(0, equals);
    const size_t dot = path.find('.');
    Section* section = find_section(path.substr(0, dot));
    if (dot == std::string::npos) {
      const std::string hint = section ? path + "." + section->fields[0].name : key_elsewhere(path);
      return problems_.in_set(shown(set), "a key is section.key" +
                                              (hint.empty() ? "" : "; did you mean " + hint + "?"));
    }
    if (!section) return problems_.in_set(shown(set), unknown_section(path.substr(0, dot)));
    Field* field = find_field(*section, path.substr(dot + 1));
    if (!field) return problems_.in_set(shown(set), unknown_key(*section, path.substr(dot + 1)));
    const Complaint complaint = field->read(std::string_view(set).substr(equals + 1));
    if (!complaint.empty()) problems_.in_set(path, complaint);
    note(path, {{}, path}, complaint.empty());
  }

  // Reports keys that must be stated and were not: one problem per section, at the section if the
  // file has it.
  void demand_required() {
    for (const Section& section : sections_) {
      std::string missing, example;
      for (const Field& field : section.fields) {
        if (!field.limits.is_required || origins_.contains(field.path()) ||
            !reads(config_, field.path()))
          continue;
        missing += (missing.empty() ? "" : ", ") + field.path();
        example += fmt::format("{}{}: {}", example.empty() ? "" : ", ", field.name, field.text());
      }
      if (!missing.empty())
        problems_.at(places_[section.name],
                     fmt::format("{} must be stated; write such as '{}: {{{}}}'", missing,
                                 section.name, example));
    }
  }

  bool could_not_read(const std::string& path) const { return unread_.contains(path); }

  // Reports a clash at the first of its keys that was stated. Nothing is reported when the clash
  // rests on a key that could not be read, for which a default stands in.
  void clash(const Clash& clash) {
    for (const std::string& path : clash.paths)
      if (unread_.contains(path)) return;
    for (const std::string& path : clash.paths) {
      const auto origin = origins_.find(path);
      if (origin == origins_.end()) continue;
      if (origin->second.set.empty()) return problems_.at(origin->second.place, clash.message);
      return problems_.in_set(origin->second.set, clash.message);
    }
    problems_.at({}, clash.message);
  }

  // Gives keys without effect that the file states, and no `--set` does, their defaults.
  void pass_over_idle_keys() {
    std::vector<std::string> idle;
    check_combinations(config_, [&](const Clash& clash) {
      const auto origin = origins_.find(clash.paths[0]);
      if (clash.idle && origin != origins_.end() && origin->second.set.empty())
        idle.push_back(clash.paths[0]);
    });
    Config usual = with_kinds(config_.model.kinds);
    usual.model.type = config_.model.type;
    std::vector<Section> standard = bind_fields(usual);
    for (size_t s = 0; s < sections_.size(); ++s)
      for (size_t f = 0; f < sections_[s].fields.size(); ++f)
        if (std::ranges::find(idle, sections_[s].fields[f].path()) != idle.end())
          sections_[s].fields[f].read(standard[s].fields[f].text());
  }

 private:
  Section* find_section(std::string_view name) {
    for (Section& section : sections_)
      if (section.name == name) return &section;
    return nullptr;
  }
  static Field* find_field(Section& section, std::string_view name) {
    for (Field& field : section.fields)
      if (field.name == name) return &field;
    return nullptr;
  }

  // The full name of the first key called `name`, in whichever section; empty when there is none.
  std::string key_elsewhere(std::string_view name) {
    for (Section& section : sections_)
      if (const Field* field = find_field(section, name)) return field->path();
    return {};
  }

  Section* nearest_section(const std::string& name) {
    const std::optional<std::string> near = nearest(name, names_of(sections_));
    return near ? find_section(*near) : nullptr;
  }

  std::string unknown_section(const std::string& name) {
    const size_t dot = name.find('.');
    if (const Section* section = find_section(name.substr(0, dot)); section && dot != name.npos)
      return fmt::format(
          "{} must stand inside its section; write '{}:' and indented below it '{}: …'",
          shown(name), section->name, name.substr(dot + 1));
    const Section* near = nearest_section(name);
    const std::string meant = near ? near->name : key_elsewhere(name);
    return fmt::format(
        "unknown section {}; {}", shown(name),
        meant.empty() ? fmt::format("the sections are {}", fmt::join(names_of(sections_), ", "))
                      : fmt::format("did you mean {}?", meant));
  }

  std::string unknown_key(const Section& section, const std::string& name) {
    std::string meant = key_elsewhere(name);
    if (meant.empty()) meant = nearest(name, names_of(section.fields)).value_or("");
    return fmt::format(
        "unknown key {} in {}; {}", shown(name), section.name,
        meant.empty() ? fmt::format("its keys are {}", fmt::join(names_of(section.fields), ", "))
                      : fmt::format("did you mean {}?", meant));
  }

  // Reports keys that are not plain names and keys met before.
  bool is_fresh_key(const YamlNode& key, const std::string& within,
                    std::map<std::string, TextPlace>& seen) {
    if (key.kind == YamlNode::Kind::broken) return false;
    if (key.kind != YamlNode::Kind::scalar) {
      problems_.at(key.place, "a key must be a plain name");
      return false;
    }
    const auto [first, fresh] = seen.emplace(key.text, key.place);
    if (!fresh)
      problems_.at(key.place, fmt::format("{} stands twice, first in line {}; remove one of them",
                                          shown(within + key.text), first->second.line));
    return fresh;
  }

  void read_section(Section& section, const YamlNode& node) {
    std::map<std::string, TextPlace> seen;
    for (const YamlEntry& entry : node.entries) {
      if (!is_fresh_key(entry.key, section.name + ".", seen)) continue;
      Field* field = find_field(section, entry.key.text);
      if (!field) {
        problems_.at(entry.key.place, unknown_key(section, entry.key.text));
        const std::optional<std::string> near = nearest(entry.key.text, names_of(section.fields));
        if (!near || !key_elsewhere(entry.key.text).empty()) continue;
        field = find_field(section, *near);  // reads on as what was meant
        if (origins_.contains(field->path())) continue;
      }
      const bool is_broken = entry.value.kind == YamlNode::Kind::broken;
      const Complaint complaint = is_broken ? "" : read_field(*field, entry.value);
      const bool has_place = entry.value.kind != YamlNode::Kind::nothing;
      if (!complaint.empty())
        problems_.at(has_place ? entry.value.place : entry.key.place,
                     field->path() + ": " + complaint);
      note(field->path(), {entry.value.place, ""}, !is_broken && complaint.empty());
    }
  }

  // Notes where `path` got its value, and whether the value could be read.
  void note(const std::string& path, Origin origin, bool was_read) {
    origins_[path] = std::move(origin);
    if (was_read)
      unread_.erase(path);
    else
      unread_.insert(path);
  }

  static Complaint read_field(Field& field, const YamlNode& value) {
    const std::string default_text = yaml_scalar(field.text());
    switch (value.kind) {
      case YamlNode::Kind::nothing:
        return fmt::format("has no value; write one such as {}, or remove the line", default_text);
      case YamlNode::Kind::list:
        if (field.read_list) return field.read_list(value);
        [[fallthrough]];
      case YamlNode::Kind::map:
        return fmt::format("expected {}, found a {}; write one value such as {}", type_text(field),
                           value.kind == YamlNode::Kind::list ? "list" : "map", default_text);
      default:
        break;
    }
    const bool bare = field.kind == FieldKind::integer || field.kind == FieldKind::real ||
                      field.kind == FieldKind::boolean;
    if (bare && value.quoted)
      return fmt::format("{} is quoted text, not a value; write it without quotes",
                         shown(value.text));
    return field.read(value.text);
  }

  const Config& config_;
  std::vector<Section> sections_;
  std::map<std::string, Origin> origins_;
  std::map<std::string, TextPlace> places_;  // where the sections stand
  std::set<std::string> unread_;             // keys that were stated but could not be read
  Problems& problems_;
};

}  // namespace

Config parse_config(const KnownKinds& kinds, const std::string& text, const std::string& source,
                    std::span<const std::string> sets, WrittenBy writer) {
  Config config = with_kinds(kinds);
  Problems problems(source);
  const YamlNode root = parse_yaml(text, source, problems);
  if (root.kind == YamlNode::Kind::nothing && sets.empty())
    user_error(
        "{}: the config is empty; it needs at least the section 'model' (see docs/config.md)",
        source);
  if (root.kind == YamlNode::Kind::scalar || root.kind == YamlNode::Kind::list)
    user_error("{}:{}:{}: a config is a map of sections such as 'model:', not a {}", source,
               root.place.line, root.place.column,
               root.kind == YamlNode::Kind::list ? "list" : "single value");
  Reader reader(config, problems);
  reader.read_document(root);
  for (const std::string& set : sets) reader.read_set(set);
  reader.demand_required();
  if (writer == WrittenBy::run) reader.pass_over_idle_keys();
  check_combinations(config, [&](const Clash& clash) { reader.clash(clash); });
  if (config.log.folder == "auto") config.log.folder = run_folder_of(source);
  try {
    problems.throw_if_any();
  } catch (const UserError& error) {
    throw ConfigError(error.what(), reader.could_not_read("log.folder") ? "" : config.log.folder);
  }
  if (config.checkpoint.folder == "auto")
    config.checkpoint.folder = (std::filesystem::path(config.log.folder) / "checkpoints").string();
  return config;
}

void check_config(const Config& config) {
  Config copy = config;
  Problems problems("config");
  for (const Section& section : bind_fields(copy))
    for (const Field& field : section.fields)
      if (const Complaint complaint = field.read(field.text()); !complaint.empty())
        problems.at({}, field.path() + ": " + complaint);
  if (problems.empty())
    check_combinations(config, [&](const Clash& clash) { problems.at({}, clash.message); });
  problems.throw_if_any();
}

}  // namespace tessera
