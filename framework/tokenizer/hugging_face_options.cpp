#include "framework/tokenizer/hugging_face_options.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

using nlohmann::json;

std::string inside(const std::string& what, const char* name) {
  return fmt::format("{}: \"{}\"", what, name);
}

bool flag_of(const json& value, const std::string& what) {
  require(value.is_boolean(), "{}: true or false is expected in place of a {}", what,
          value.type_name());
  return value.get<bool>();
}

}  // namespace

std::string part_type(const json& part, const std::string& what) {
  require(part.is_object(), "{}: an object is expected in place of a {}", what, part.type_name());
  const json* type = find_option(part, "type");
  return type == nullptr ? std::string() : json_text(*type, inside(what, "type"));
}

const json* find_option(const json& part, const char* name) {
  const auto found = part.find(name);
  return found == part.end() || found->is_null() ? nullptr : &*found;
}

bool flag_option(const json& part, const char* name, const std::string& what) {
  return flag_of(json_member(part, name, what), inside(what, name));
}

const std::string& text_option(const json& part, const char* name, const std::string& what) {
  return json_text(json_member(part, name, what), inside(what, name));
}

int64_t count_option(const json& part, const char* name, const std::string& what) {
  return json_count(json_member(part, name, what), inside(what, name));
}

char32_t character_option(const json& part, const char* name, const std::string& what) {
  const std::string& text = text_option(part, name, what);
  const CodePoint point = text.empty() ? CodePoint{} : decode_utf8(text, 0);
  require(point.valid() && point.bytes == text.size(),
          "{}: \"{}\" is to be one character, not '{}'", what, name, text);
  return point.value;
}

const json& list_option(const json& part, const char* name, const std::string& what) {
  return json_list(json_member(part, name, what), inside(what, name));
}

Pattern pattern_option(const json& part, const std::string& what) {
  const json& pattern = json_member(part, "pattern", what);
  const std::string where = inside(what, "pattern");
  require(pattern.is_object() && pattern.size() == 1 &&
              (pattern.contains("String") || pattern.contains("Regex")),
          "{}: {{\"String\": …}} or {{\"Regex\": …}} is expected", where);
  if (pattern.contains("String")) return Pattern::literal(json_text(pattern["String"], where));
  return Pattern::regex(json_text(pattern["Regex"], where), RegexDialect::oniguruma, where);
}

bool flag_option(const json& part, const char* name, bool otherwise, const std::string& what) {
  const json* value = find_option(part, name);
  return value == nullptr ? otherwise : flag_of(*value, inside(what, name));
}

std::string text_option(const json& part, const char* name, std::string_view otherwise,
                        const std::string& what) {
  const json* value = find_option(part, name);
  return value == nullptr ? std::string(otherwise) : json_text(*value, inside(what, name));
}

}  // namespace tessera
