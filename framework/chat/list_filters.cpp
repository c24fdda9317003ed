#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "framework/chat/access.h"
#include "framework/chat/filters.h"
#include "framework/chat/operations.h"
#include "framework/chat/python_text.h"
#include "framework/chat/tests.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

Value generator(std::vector<Value> items, Allowance& allowance) {
  return make_sequence(SequenceKind::generator, std::move(items), allowance);
}

/// An attribute as filters are given it: a number or a path like a.0.b; the value itself for None.
Value attribute_at(Value value, const Value* path, const Value* otherwise, Allowance& allowance) {
  if (!path || path->is<None>()) return value;
  const std::string dot = ".";
  if (path->is<int64_t>()) {
    value = item_of(value, *path, allowance);
  } else {
    for (const std::string& part : split(text_of(*path, "an attribute"), &dot, -1, false)) {
      int64_t index = 0;
      const char* end = part.data() + part.size();
      const auto [stop, status] = std::from_chars(part.data(), end, index);
      const bool digits = status == std::errc() && stop == end && index >= 0;
      value = item_of(value, digits ? Value{index} : make_text(part, allowance), allowance);
    }
  }
  return value.is<Undefined>() && otherwise ? *otherwise : value;
}

Value without_case(const Value& value, bool case_sensitive, Allowance& allowance) {
  if (case_sensitive || !value.is<Text>()) return value;
  return make_text(lower_case(*value.text()), allowance);
}

/// Sorts `items` by `keys`, one per item; equal ones keep their order, also when reversed.
std::vector<Value> sorted_by(std::vector<Value> items, const std::vector<Value>& keys, bool reverse,
                             Allowance& allowance) {
  std::vector<size_t> order(items.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return reverse ? less(keys[b], keys[a], allowance) : less(keys[a], keys[b], allowance);
  });
  std::vector<Value> result;
  result.reserve(items.size());
  for (const size_t i : order) result.push_back(std::move(items[i]));
  return result;
}

Value sort(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given =
      bound(arguments, {"reverse", "case_sensitive", "attribute"}, "the filter sort");
  const bool case_sensitive = given[1] && truth(*given[1]);
  require(!given[2] || !given[2]->is<Text>() || given[2]->text()->find(',') == std::string::npos,
          "the filter sort by several attributes is not supported");
  std::vector<Value> items = elements(value, allowance), keys;
  for (const Value& item : items)
    keys.push_back(
        without_case(attribute_at(item, given[2], nullptr, allowance), case_sensitive, allowance));
  return make_sequence(SequenceKind::list,
                       sorted_by(std::move(items), keys, given[0] && truth(*given[0]), allowance),
                       allowance);
}

Value dict_sort(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"case_sensitive", "by", "reverse"}, "the filter dictsort");
  const std::string by = given[1] ? text_of(*given[1], "by") : "key";
  require(by == "key" || by == "value", "dictsort sorts by key or value, not by {}", by);
  require(defined(value).dict(), "the filter dictsort needs a dict, not {}", type_name(value));
  std::vector<Value> items, keys;
  for (const auto& [key, member] : value.dict()->entries()) {
    items.push_back(make_sequence(SequenceKind::tuple, {key, member}, allowance));
    keys.push_back(
        without_case(by == "key" ? key : member, given[0] && truth(*given[0]), allowance));
  }
  return make_sequence(SequenceKind::list,
                       sorted_by(std::move(items), keys, given[2] && truth(*given[2]), allowance),
                       allowance);
}

Value unique(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"case_sensitive", "attribute"}, "the filter unique");
  Dict seen;
  std::vector<Value> items;
  for (const Value& item : elements(value, allowance)) {
    const Value key = without_case(attribute_at(item, given[1], nullptr, allowance),
                                   given[0] && truth(*given[0]), allowance);
    if (seen.find(key)) continue;
    seen.set(key, {None{}}, allowance);
    items.push_back(item);
  }
  return generator(std::move(items), allowance);
}

template <bool largest>
Value extreme(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"case_sensitive", "attribute"}, largest ? "max" : "min");
  const auto key_of = [&](const Value& item) {
    return without_case(attribute_at(item, given[1], nullptr, allowance),
                        given[0] && truth(*given[0]), allowance);
  };
  const std::vector<Value> items = elements(value, allowance);
  if (items.empty()) return undefined("there is no smallest or largest element of an empty list");
  size_t best = 0;
  for (size_t i = 1; i < items.size(); ++i)
    if (largest ? less(key_of(items[best]), key_of(items[i]), allowance)
                : less(key_of(items[i]), key_of(items[best]), allowance))
      best = i;
  return items[best];
}

Value sum(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"attribute", "start"}, "the filter sum");
  Value total = given[1] ? *given[1] : Value{int64_t{0}};
  for (const Value& item : elements(value, allowance)) {
    const Value part = attribute_at(item, given[0], nullptr, allowance);
    require(!part.is<Text>(), "the filter sum does not add texts");
    total = operate("+", total, part, allowance);
  }
  return total;
}

Value first(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter first");
  const std::vector<Value> items = elements(value, allowance);
  return items.empty() ? undefined("there is no first element of an empty list") : items.front();
}

Value last(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter last");
  require(!value.sequence() || value.sequence()->kind != SequenceKind::generator,
          "a generator has no last element");
  const std::vector<Value> items = elements(value, allowance);
  return items.empty() ? undefined("there is no last element of an empty list") : items.back();
}

Value join(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"d", "attribute"}, "the filter join");
  const std::string between = given[0] ? printed(*given[0], allowance) : "";
  GrowingText out(allowance);
  bool begun = false;
  for (const Value& item : elements(value, allowance)) {
    if (std::exchange(begun, true)) out.add(between);
    print_value(attribute_at(item, given[1], nullptr, allowance), out);
  }
  return make_text(std::move(out));
}

Value list(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter list");
  return make_sequence(SequenceKind::list, elements(value, allowance), allowance);
}

Value items_of(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter items");
  if (value.is<Undefined>()) return generator({}, allowance);
  require(value.dict(), "the filter items needs a dict, not {}", type_name(value));
  std::vector<Value> items;
  for (const auto& [key, member] : value.dict()->entries())
    items.push_back(make_sequence(SequenceKind::tuple, {key, member}, allowance));
  return generator(std::move(items), allowance);
}

Value length(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter length");
  return {length_of(value, allowance)};
}

Value reverse(const Value& value, const Arguments& arguments, Allowance& allowance) {
  bound(arguments, {}, "the filter reverse");
  if (const auto* text = value.as<Text>()) {
    allowance.memory(2 * text->bytes->size());
    return make_text(slice_text(*text->bytes, std::nullopt, std::nullopt, -1), allowance,
                     text->safe);
  }
  const auto* sequence = value.sequence();
  const bool once = sequence && sequence->kind == SequenceKind::generator;
  std::vector<Value> items = elements(value, allowance);
  std::reverse(items.begin(), items.end());
  return make_sequence(once ? SequenceKind::list : SequenceKind::generator, std::move(items),
                       allowance);
}

/// The arguments after the first `count` positional ones.
Arguments rest_of(const Arguments& arguments, size_t count) {
  Arguments rest = arguments;
  rest.positional.erase(rest.positional.begin(),
                        rest.positional.begin() + static_cast<ptrdiff_t>(count));
  return rest;
}

Value map(const Value& value, const Arguments& arguments, Allowance& allowance) {
  std::vector<Value> items;
  if (!truth(value)) return generator({}, allowance);  // None too
  if (arguments.positional.empty()) {
    const auto given = bound(arguments, {"attribute", "default"}, "the filter map");
    require(given[0], "the filter map needs a filter's name or an attribute");
    for (const Value& item : elements(value, allowance))
      items.push_back(attribute_at(item, given[0], given[1], allowance));
    return generator(std::move(items), allowance);
  }
  const std::string& name = text_of(arguments.positional[0], "the name of map's filter");
  require(name != "map", "the filter map of map is not supported");
  const Arguments rest = rest_of(arguments, 1);
  for (const Value& item : elements(value, allowance))
    items.push_back(apply_filter(name, item, rest, allowance));
  return generator(std::move(items), allowance);
}

/// select and reject, of elements or of their attributes.
template <bool wanted, bool by_attribute>
Value select(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const size_t skipped = by_attribute ? 1 : 0;
  require(arguments.positional.size() >= skipped, "selectattr and rejectattr need an attribute");
  const Value* attribute = by_attribute ? &arguments.positional[0] : nullptr;
  const bool tests = arguments.positional.size() > skipped;
  const std::string name =
      tests ? text_of(arguments.positional[skipped], "the name of a test") : "";
  const Arguments rest = rest_of(arguments, skipped + (tests ? 1 : 0));
  std::vector<Value> items;
  if (!truth(value)) return generator({}, allowance);  // None too
  for (const Value& item : elements(value, allowance)) {
    const Value tested = attribute_at(item, attribute, nullptr, allowance);
    if ((tests ? passes_test(name, tested, rest, allowance) : truth(tested)) == wanted)
      items.push_back(item);
  }
  return generator(std::move(items), allowance);
}

constexpr FilterRow kFilters[] = {
    {"count", length},
    {"dictsort", dict_sort},
    {"first", first},
    {"items", items_of},
    {"join", join},
    {"last", last},
    {"length", length},
    {"list", list},
    {"map", map},
    {"max", extreme<true>},
    {"min", extreme<false>},
    {"reject", select<false, false>},
    {"rejectattr", select<false, true>},
    {"reverse", reverse},
    {"select", select<true, false>},
    {"selectattr", select<true, true>},
    {"sort", sort},
    {"sum", sum},
    {"unique", unique},
};

}  // namespace

const FilterRow* list_filter(std::string_view name) {
  const auto* row = std::find_if(std::begin(kFilters), std::end(kFilters),
                                 [&](const FilterRow& f) { return f.name == name; });
  return row == std::end(kFilters) ? nullptr : row;
}

}  // namespace tessera::chat
