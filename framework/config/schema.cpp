#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/config/model_kind.h"
#include "framework/config/reference.h"

namespace tessera {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCountPattern = "[0-9]+(\\.[0-9]+)?\\s*[kKMGBT]?";

Json bounded(const char* type, const Limits& limits) {
  Json json{{"type", type}};
  auto number = [&](double value) -> Json {
    return value == std::floor(value) && std::abs(value) < 1e15 ? Json(static_cast<int64_t>(value))
                                                                : Json(value);
  };
  if (std::isfinite(limits.low))
    json[limits.low_open ? "exclusiveMinimum" : "minimum"] = number(limits.low);
  if (std::isfinite(limits.high))
    json[limits.high_open ? "exclusiveMaximum" : "maximum"] = number(limits.high);
  return json;
}

Json pattern(const std::string& text) {
  return {{"type", "string"}, {"pattern", "^" + text + "$"}};
}

Json map_schema(const std::vector<Field>& fields);

// The forms in which a value may be written.
std::vector<Json> forms(const Field& field) {
  std::vector<Json> list;
  switch (field.kind) {
    case FieldKind::integer:
      list = {bounded("integer", field.limits), pattern("[0-9]+(\\.[0-9]+)?\\s*[kKMGBT]")};
      break;
    case FieldKind::real:
      list = {bounded("number", field.limits)};
      if (field.limits.is_fraction) list.push_back(pattern("[0-9]+(\\.[0-9]+)?\\s*%"));
      break;
    case FieldKind::boolean:
      list = {Json{{"type", "boolean"}}};
      break;
    case FieldKind::text:
      list = {Json{{"type", "string"}}};
      break;
    case FieldKind::choice: {
      Json names = Json::array();
      if (field.can_be_auto) names.push_back("auto");
      for (const std::string& name : field.choices)
        names.push_back(name == "true" || name == "false" ? Json(name == "true") : Json(name));
      return {Json{{"enum", names}}};
    }
    case FieldKind::duration:
      list = {pattern(std::string(kCountPattern) + "\\s+(steps?|tokens?)")};
      break;
    case FieldKind::size:
      list = {pattern("[0-9]+(\\.[0-9]+)?\\s*([KMGT]iB|[kKMGT]?B)")};
      break;
    case FieldKind::span:
      list = {pattern(std::string(kCountPattern) + "\\s+(samples?|tokens?)")};
      break;
    case FieldKind::list:
      list = {Json{{"type", "array"}, {"items", map_schema(field.items)}}};
      break;
    case FieldKind::texts:
      list = {Json{{"type", "string"}},
              Json{{"type", "array"}, {"items", Json{{"type", {"string", "number", "boolean"}}}}}};
      break;
  }
  if (field.can_be_auto) list.push_back(Json{{"const", "auto"}});
  return list;
}

Json default_of(const Field& field) {
  const std::string text = field.text();
  const bool plain = field.kind == FieldKind::integer || field.kind == FieldKind::real ||
                     field.kind == FieldKind::boolean || text == "[]" || text == "true" ||
                     text == "false";
  return plain && text != "auto" ? Json::parse(text) : Json(text);
}

Json schema_of(const Field& field) {
  Json json{{"description", field.doc}};
  const std::vector<Json> list = forms(field);
  if (list.size() == 1)
    json.update(list.front());
  else
    json["anyOf"] = list;
  if (!field.limits.is_required) json["default"] = default_of(field);
  return json;
}

Json map_schema(const std::vector<Field>& fields) {
  Json map{{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  Json required = Json::array();
  for (const Field& field : fields) {
    map["properties"][field.name] = schema_of(field);
    if (field.limits.is_required) required.push_back(field.name);
  }
  if (!required.empty()) map["required"] = required;
  return map;
}

}  // namespace

std::string config_schema_json(const KnownKinds& kinds) {
  Config standard = with_kinds(kinds);
  Json root{{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "Tessera config"},
            {"type", "object"},
            {"additionalProperties", false},
            {"required", Json::array()},
            {"properties", Json::object()}};
  for (const Section& section : bind_fields(standard)) {
    Json part{{"description", section.doc}};
    part.update(map_schema(section.fields));
    if (part.contains("required")) root["required"].push_back(section.name);
    root["properties"][section.name] = part;
  }
  return root.dump(2) + "\n";
}

}  // namespace tessera
