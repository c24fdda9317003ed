#include "framework/chat/access.h"

#include "framework/chat/methods.h"
#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

Value missing(const Value& value, std::string_view name) {
  const std::string type = value.is<Undefined>() ? "" : type_name(value);
  return undefined(fmt::format("a value of type {} has no member '{}'", type, name));
}

Value loop_member(const LoopState& loop, std::string_view name, const Value& value) {
  const auto count = static_cast<int64_t>(loop.items->items.size());
  const auto index = static_cast<int64_t>(loop.index);
  if (name == "index") return {index + 1};
  if (name == "index0") return {index};
  if (name == "revindex") return {count - index};
  if (name == "revindex0") return {count - index - 1};
  if (name == "first") return {index == 0};
  if (name == "last") return {index + 1 == count};
  if (name == "length") return {count};
  if (name == "depth") return {int64_t{1}};  // only recursive loops are deeper
  if (name == "depth0") return {int64_t{0}};
  if (name == "previtem")
    return index > 0 ? loop.items->items[loop.index - 1] : undefined("there is no previous item");
  if (name == "nextitem")
    return index + 1 < count ? loop.items->items[loop.index + 1]
                             : undefined("there is no next item");
  return missing(value, name);
}

Value character(const std::string& text, int64_t index, Allowance& allowance) {
  allowance.reading(text.size());
  const std::string found =
      slice_text(text, index, index == -1 ? std::optional<int64_t>() : index + 1, 1);
  if (found.empty()) return undefined(fmt::format("a text has no character {}", index));
  return make_text(found, allowance);
}

std::optional<int64_t> bound_of(const Value& value) {
  if (value.is<None>()) return std::nullopt;
  return integer_of(value, "the bound of a slice");
}

}  // namespace

Value attribute_of(const Value& value, std::string_view name, Allowance& allowance) {
  if (const auto* loop = defined(value).as<std::shared_ptr<const LoopState>>();
      loop && name != "cycle")
    return loop_member(**loop, name, value);
  if (const auto* members = value.as<Namespace*>()) {
    const auto member = (*members)->members.find(std::string(name));
    return member == (*members)->members.end() ? missing(value, name) : member->second;
  }
  if (const std::string_view method = method_of(value, name); !method.empty()) {
    allowance.memory(sizeof(Value) + 32);
    return {Method{std::make_shared<const Value>(value), method}};
  }
  if (const auto* dict = value.dict())
    if (const Value* member = dict->find(name)) return *member;
  return missing(value, name);
}

Value item_of(const Value& value, const Value& key, Allowance& allowance) {
  defined(value);
  if (const auto* dict = value.dict()) {
    if (!key.is<Undefined>())
      if (const Value* member = dict->find(key)) return *member;
  } else if (key.is<int64_t>() || key.is<bool>()) {
    const int64_t index = integer_of(key, "an index");
    if (const auto* text = value.text()) return character(*text, index, allowance);
    if (const auto* sequence = value.sequence(); sequence && sequence->indexed()) {
      const auto count = static_cast<int64_t>(sequence->items.size());
      const int64_t place = index < 0 ? index + count : index;
      if (place >= 0 && place < count) return sequence->items[static_cast<size_t>(place)];
      return undefined(fmt::format("a list of {} elements has no element {}", count, index));
    }
  }
  if (const auto* name = key.text()) return attribute_of(value, *name, allowance);
  return missing(value, "[…]");
}

Value slice_of(const Value& value, const Value& start, const Value& stop, const Value& step,
               Allowance& allowance) {
  const std::optional<int64_t> first = bound_of(start), end = bound_of(stop);
  const int64_t stride = bound_of(step).value_or(1);
  if (const auto* text = defined(value).as<Text>()) {
    allowance.memory(2 * text->bytes->size());
    return make_text(slice_text(*text->bytes, first, end, stride), allowance, text->safe);
  }
  const auto* sequence = value.sequence();
  require(sequence && sequence->indexed(), "a value of type {} has no slices", type_name(value));
  std::vector<Value> items;
  for (const size_t i : slice_indexes(sequence->items.size(), first, end, stride))
    items.push_back(sequence->items[i]);
  return make_sequence(sequence->kind, std::move(items), allowance);
}

}  // namespace tessera::chat
