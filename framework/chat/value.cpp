#include "framework/chat/value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// A text that two values share when Python takes them for the same key.
std::string key_of(const Value& key) {
  if (const auto* text = key.text()) return "t" + *text;
  if (key.is<None>()) return "n";
  if (const auto* flag = key.as<bool>()) return *flag ? "i1" : "i0";
  if (const auto* number = key.as<int64_t>()) return "i" + std::to_string(*number);
  if (const auto* number = key.as<double>()) {
    if (*number > -9e15 && *number < 9e15 && *number == static_cast<double>(int64_t(*number)))
      return "i" + std::to_string(int64_t(*number));
    return fmt::format("d{}", *number);
  }
  defined(key);
  user_error("a value of type {} cannot be the key of a dict", type_name(key));
}

int checked_depth(int depth) {
  require(depth <= kValueLevels, "more than {} lists and dicts lie one within the other",
          kValueLevels);
  return depth;
}

}  // namespace

const Sequence* Value::sequence() const {
  const auto* pointer = as<std::shared_ptr<Sequence>>();
  return pointer ? pointer->get() : nullptr;
}

const Dict* Value::dict() const {
  const auto* pointer = as<std::shared_ptr<const Dict>>();
  return pointer ? pointer->get() : nullptr;
}

const Value* Dict::find(const Value& key) const {
  const auto place = places_.find(key_of(key));
  return place == places_.end() ? nullptr : &entries_[place->second].second;
}

const Value* Dict::find(std::string_view key) const {
  const auto place = places_.find("t" + std::string(key));
  return place == places_.end() ? nullptr : &entries_[place->second].second;
}

void Dict::set(Value key, Value value, Allowance& allowance) {
  std::string name = key_of(key);
  depth_ = checked_depth(std::max(depth_, 1 + depth_of(value)));
  const auto [place, fresh] = places_.emplace(std::move(name), entries_.size());
  if (!fresh) {
    entries_[place->second].second = std::move(value);
    return;
  }
  allowance.memory(2 * sizeof(Value) + 64 + place->first.size());
  entries_.emplace_back(std::move(key), std::move(value));
}

int depth_of(const Value& value) {
  if (const auto* sequence = value.sequence()) return sequence->depth;
  if (const auto* dict = value.dict()) return dict->depth();
  if (const auto* method = value.as<Method>()) return 1 + depth_of(*method->self);
  if (const auto* loop = value.as<std::shared_ptr<const LoopState>>())
    return 1 + (*loop)->items->depth;
  return 0;
}

Value undefined(std::string what) {
  return {Undefined{std::make_shared<const std::string>(std::move(what))}};
}

Value make_text(std::string text, Allowance& allowance, bool safe) {
  allowance.memory(text.size() + 64);
  return {Text{std::make_shared<const std::string>(std::move(text)), safe}};
}

Value make_text(GrowingText&& grown, bool safe) {
  return {Text{std::make_shared<const std::string>(std::move(grown.text())), safe}};
}

Value make_sequence(SequenceKind kind, std::vector<Value> items, Allowance& allowance) {
  allowance.memory(items.size() * sizeof(Value) + 64);
  auto sequence = std::make_shared<Sequence>();
  sequence->kind = kind;
  for (const Value& item : items) sequence->depth = std::max(sequence->depth, 1 + depth_of(item));
  checked_depth(sequence->depth);
  sequence->items = std::move(items);
  return {std::move(sequence)};
}

Value make_dict(std::shared_ptr<Dict> dict) {
  return {std::shared_ptr<const Dict>(std::move(dict))};
}

Value from_json(const nlohmann::ordered_json& json, Allowance& allowance) {
  if (json.is_string()) return make_text(json.get<std::string>(), allowance);
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_number_float()) return {json.get<double>()};
  if (json.is_number_unsigned())
    require(json.get<uint64_t>() <= uint64_t{INT64_MAX}, "the number {} is beyond 63 bits",
            json.get<uint64_t>());
  if (json.is_number()) return {json.get<int64_t>()};
  if (json.is_array()) {
    std::vector<Value> items;
    for (const auto& item : json) items.push_back(from_json(item, allowance));
    return make_sequence(SequenceKind::list, std::move(items), allowance);
  }
  if (json.is_object()) {
    auto dict = std::make_shared<Dict>();
    for (const auto& [key, member] : json.items())
      dict->set(make_text(key, allowance), from_json(member, allowance), allowance);
    return make_dict(std::move(dict));
  }
  return {None{}};
}

std::string type_name(const Value& value) {
  static constexpr const char* kSequences[] = {"list",      "tuple",       "range",     "generator",
                                               "dict_keys", "dict_values", "dict_items"};
  if (const auto* sequence = value.sequence()) return kSequences[static_cast<int>(sequence->kind)];
  static constexpr const char* kNames[] = {
      "Undefined", "NoneType",  "bool",  "int",    "float",       "str",     "list",
      "dict",      "Namespace", "Macro", "method", "LoopContext", "function"};
  return kNames[value.data.index()];
}

const Value& defined(const Value& value) {
  if (const auto* undefined = value.as<Undefined>())
    user_error("{}", undefined->what ? *undefined->what : "a value is undefined");
  return value;
}

bool truth(const Value& value) {
  if (value.is<Undefined>() || value.is<None>()) return false;
  if (const auto* flag = value.as<bool>()) return *flag;
  if (const auto* number = value.as<int64_t>()) return *number != 0;
  if (const auto* number = value.as<double>()) return *number != 0;
  if (const auto* text = value.text()) return !text->empty();
  if (const auto* dict = value.dict()) return !dict->entries().empty();
  if (const auto* sequence = value.sequence())
    return sequence->kind == SequenceKind::generator || !sequence->items.empty();
  return true;
}

std::vector<Value> elements(const Value& value, Allowance& allowance) {
  if (value.is<Undefined>()) return {};
  if (const auto* sequence = value.as<std::shared_ptr<Sequence>>()) {
    if ((*sequence)->consumed) return {};
    (*sequence)->consumed = (*sequence)->kind == SequenceKind::generator;
    allowance.reading((*sequence)->items.size() * sizeof(Value));
    return (*sequence)->items;
  }
  std::vector<Value> items;
  if (const auto* dict = value.dict()) {
    allowance.reading(dict->entries().size() * sizeof(Value));
    for (const auto& [key, member] : dict->entries()) items.push_back(key);
    return items;
  }
  if (const auto* text = value.text()) {
    for (size_t at = 0; at < text->size();) {
      const size_t bytes = character_bytes(*text, at);
      items.push_back(make_text(text->substr(at, bytes), allowance));
      at += bytes;
    }
    return items;
  }
  user_error("a value of type {} is not iterable", type_name(value));
}

int64_t length_of(const Value& value, Allowance& allowance) {
  if (value.is<Undefined>()) return 0;
  if (const auto* text = value.text()) {
    allowance.reading(text->size());
    return static_cast<int64_t>(text_length(*text));
  }
  if (const auto* dict = value.dict()) return static_cast<int64_t>(dict->entries().size());
  if (const auto* loop = value.as<std::shared_ptr<const LoopState>>())
    return static_cast<int64_t>((*loop)->items->items.size());
  const auto* sequence = value.sequence();
  require(sequence && sequence->kind != SequenceKind::generator, "a value of type {} has no length",
          type_name(value));
  return static_cast<int64_t>(sequence->items.size());
}

int64_t integer_of(const Value& value, std::string_view what) {
  if (const auto* flag = value.as<bool>()) return *flag ? 1 : 0;
  const auto* number = defined(value).as<int64_t>();
  require(number, "{} must be an integer, not of type {}", what, type_name(value));
  return *number;
}

const std::string& text_of(const Value& value, std::string_view what) {
  const auto* text = defined(value).text();
  require(text, "{} must be text, not of type {}", what, type_name(value));
  return *text;
}

}  // namespace tessera::chat
