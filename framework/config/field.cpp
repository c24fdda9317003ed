#include "framework/config/field.h"

#include <algorithm>

#include "framework/config/field_of.h"
#include "framework/config/fields.h"
#include "framework/config/model_kind.h"
#include "framework/config/source_list.h"
#include "framework/config/text_list.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

struct Binder {
  Section& section;

  template <typename T>
  void operator()(const char* name, T& member, const char* doc, Limits limits = {}) {
    Field field = field_of<T>(section.name, name, doc, limits);
    field.read = [&member, limits](std::string_view text) {
      return read_value(text, limits, member);
    };
    field.text = [&member] { return value_text(member); };
    if constexpr (KindOf<typename Unwrapped<T>::type>::value == FieldKind::list) {
      field.read_list = [&member](const YamlNode& node) { return read_sources(node, member); };
      field.items = source_fields();
    }
    if constexpr (KindOf<typename Unwrapped<T>::type>::value == FieldKind::texts)
      field.read_list = [&member](const YamlNode& node) { return read_texts(node, member); };
    section.fields.push_back(std::move(field));
  }
};

/// model.type: the name of one of the kinds that the config knows.
Field type_field(ModelConfig& model) {
  Field field;
  field.section = "model";
  field.name = "type";
  field.kind = FieldKind::choice;
  field.limits = required();
  field.doc = "Architecture: ";
  for (const ModelKind& kind : *model.kinds) {
    if (!field.choices.empty()) field.doc += ", ";
    field.doc += kind.name + " " + kind.doc;
    field.choices.push_back(kind.name);
  }
  field.doc += ".";
  field.read = [&model, names = field.choices](std::string_view text) {
    size_t index = 0;
    Complaint complaint = read_choice(text, names, index);
    if (complaint.empty()) model.type = names[index];
    return complaint;
  };
  field.text = [&model] { return model.type; };
  return field;
}

/// Adds the keys of all kinds; a key that several kinds declare is added once.
void add_own_keys(Section& section, ModelConfig& model) {
  for (const ModelKind& kind : *model.kinds) {
    if (!kind.own) continue;
    for (Field& field : kind.own(model)) {
      const auto same = [&](const Field& known) { return known.name == field.name; };
      const auto known = std::find_if(section.fields.begin(), section.fields.end(), same);
      if (known == section.fields.end())
        section.fields.push_back(std::move(field));
      else
        check(known->doc == field.doc, "two keys are called {}", field.path());
    }
  }
}

}  // namespace

std::vector<Section> bind_fields(Config& config) {
  std::vector<Section> list;
  sections(config, [&](const char* name, auto& part, const char* doc) {
    Section section{name, doc, {}};
    constexpr bool is_model = std::is_same_v<decltype(part), ModelConfig&>;
    if constexpr (is_model)
      if (part.kinds) section.fields.push_back(type_field(part));
    fields(part, Binder{section});
    if constexpr (is_model)
      if (part.kinds) add_own_keys(section, part);
    list.push_back(std::move(section));
  });
  return list;
}

std::string Field::yaml_text() const {
  const std::string plain = text();
  const bool is_list =
      kind == FieldKind::list || (kind == FieldKind::texts && plain.starts_with('['));
  return is_list ? plain : yaml_scalar(plain);
}

std::string type_text(const Field& field) {
  std::string text;
  switch (field.kind) {
    case FieldKind::integer:
      text = "integer";
      break;
    case FieldKind::real:
      text = field.limits.is_fraction ? "fraction" : "number";
      break;
    case FieldKind::boolean:
      text = "true | false";
      break;
    case FieldKind::text:
      text = "text";
      break;
    case FieldKind::choice:
      for (const std::string& name : field.choices) text += (text.empty() ? "" : " | ") + name;
      break;
    case FieldKind::duration:
      text = "duration";
      break;
    case FieldKind::size:
      text = "size";
      break;
    case FieldKind::span:
      text = "place";
      break;
    case FieldKind::list:
      text = "list of maps";
      break;
    case FieldKind::texts:
      text = "text or list of texts";
      break;
  }
  if (!field.can_be_auto) return text;
  return field.kind == FieldKind::choice ? "auto | " + text : text + " or auto";
}

}  // namespace tessera
