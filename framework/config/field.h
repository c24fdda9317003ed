// One key of the config, bound to its place in one Config: what is known about it and how to read
// and print it as text. Fields are made from the lists of fields.h, so that everything that walks
// over all keys (parser, printer, reference page, schema) is a plain loop and the templates stay in
// one source file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/value.h"

namespace tessera {

struct YamlNode;

enum class FieldKind { integer, real, boolean, text, choice, duration, size, span, list, texts };

struct Field {
  std::string section;
  std::string name;
  std::string doc;
  FieldKind kind = FieldKind::text;
  bool can_be_auto = false;
  Limits limits;
  std::vector<std::string> choices;                     // the names of a choice
  std::function<Complaint(std::string_view)> read;      // sets the bound member
  std::function<std::string()> text;                    // prints the bound member
  std::function<Complaint(const YamlNode&)> read_list;  // sets the bound member of a list
  std::vector<Field> items;                             // of a list of maps: their keys, not bound

  std::string path() const { return section + "." + name; }
  /// What text() gives, as it is written in YAML.
  std::string yaml_text() const;
};

struct Section {
  std::string name;
  std::string doc;
  std::vector<Field> fields;
};

/// All keys, in the order of fields.h, bound to `config`, which must outlive them.
std::vector<Section> bind_fields(Config& config);

/// The type of a field as a reader of the reference sees it: "integer or auto", "gpt | bert",
/// "fraction".
std::string type_text(const Field& field);

}  // namespace tessera
