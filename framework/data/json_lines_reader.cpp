#include "framework/data/json_lines_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/shortened.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

std::vector<std::string> split(const std::string& key) {
  std::vector<std::string> path;
  size_t begin = 0;
  for (size_t dot; (dot = key.find('.', begin)) != std::string::npos; begin = dot + 1)
    path.push_back(key.substr(begin, dot - begin));
  path.push_back(key.substr(begin));
  return path;
}

class JsonLineText final : public RecordText {
 public:
  JsonLineText(std::string name, std::string key)
      : name_(std::move(name)), key_(std::move(key)), path_(split(key_)) {}

  void extract(std::string& record, uint64_t line) const override {
    const std::string where = fmt::format("{}, line {}", name_, line);
    mend_surrogates(record);
    Json object = parse_json_object(record, where);
    Json* value = find(object, key_);
    if (value == nullptr) value = along_path(object, where);
    require(value->is_string(), "{}: \"{}\" is {} and no text", where, key_, json_kind(*value));
    record = std::move(value->get_ref<std::string&>());
  }

 private:
  static Json* find(Json& object, const std::string& key) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }

  Json* along_path(Json& object, const std::string& where) const {
    Json* value = &object;
    for (const std::string& key : path_) {
      Json* member = find(*value, key);
      if (member == nullptr) no_member(*value, where);
      value = member;
    }
    return value;
  }

  [[noreturn]] void no_member(const Json& object, const std::string& where) const {
    constexpr size_t kShown = 20;
    std::vector<std::string> keys;
    if (object.is_object())
      for (const auto& [key, value] : object.items())
        if (keys.size() < kShown) keys.emplace_back(shortened(key, 100));
    user_error("{}: has no \"{}\"; it has: {}; name the text with --text KEY", where, key_,
               keys.empty() ? "nothing" : fmt::format("{}", fmt::join(keys, ", ")));
  }

  std::string name_;
  std::string key_;
  std::vector<std::string> path_;
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::string_view json_kind(const Json& value) {
  switch (value.type()) {
    case Json::value_t::array:
      return "an array";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Json::value_t::string:
      return "a text";
    default:
      return "a number";
  }
}

void mend_surrogates(std::string& record) {
  constexpr size_t kEscape = 6;  // \uXXXX
  const auto unit = [&](size_t at) {
    int32_t value = -1;
    if (at + kEscape > record.size() || record[at] != '\\' || record[at + 1] != 'u') return value;
    const char* end = record.data() + at + kEscape;
    return std::from_chars(record.data() + at + 2, end, value, 16).ptr == end ? value : -1;
  };
  const auto high = [](int32_t value) { return value >= 0xd800 && value < 0xdc00; };
  const auto low = [](int32_t value) { return value >= 0xdc00 && value < 0xe000; };
  for (size_t at = 0; (at = record.find('\\', at)) != std::string::npos;) {
    const int32_t first = unit(at);
    if (high(first) && low(unit(at + kEscape))) {
      at += 2 * kEscape;
    } else if (high(first) || low(first)) {
      record.replace(at + 2, 4, "fffd");
      at += kEscape;
    } else {
      at += 2;  // also an escaped backslash
    }
  }
}

JsonLinesReader::JsonLinesReader(TextStream& text, std::string name, std::string key)
    : text_(text),
      name_(std::move(name)),
      record_text_(std::make_shared<JsonLineText>(name_, std::move(key))) {}

bool JsonLinesReader::next(DocumentPart& part) {
  while (next_line(part))
    if (!part.broken.empty() || !is_blank(part.text)) return true;
  return false;
}

std::string JsonLinesReader::too_long(uint64_t line) const {
  return fmt::format("{}, line {}: is longer than {} MiB; are these JSON lines?", name_, line,
                     kMostRecordBytes >> 20);
}

bool JsonLinesReader::next_line(DocumentPart& part) {
  part = DocumentPart();
  part.place = place_ahead(text_);
  size_t searched = 0;
  size_t end = std::string_view::npos;
  while ((end = text_.ahead().find('\n', searched)) == std::string_view::npos) {
    searched = text_.ahead().size();
    if (searched > kMostRecordBytes) {
      part.broken = too_long(part.place.line);
      text_.consume(searched);
      searched = 0;
    }
    if (!text_.want(searched + 1)) break;
  }
  if (end == std::string_view::npos && text_.position() == part.place.position &&
      text_.ahead().empty())
    return false;
  if (part.broken.empty() && std::min(end, text_.ahead().size()) > kMostRecordBytes)
    part.broken = too_long(part.place.line);  // however much was read at once
  if (part.broken.empty()) part.text.assign(text_.ahead().substr(0, end));
  text_.consume(end == std::string_view::npos ? text_.ahead().size() : end + 1);
  return true;
}

}  // namespace tessera
