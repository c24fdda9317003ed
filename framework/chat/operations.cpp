#include "framework/chat/operations.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "framework/chat/escape.h"
#include "framework/chat/python_format.h"
#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// An int or a bool as an int.
std::optional<int64_t> as_integer(const Value& value) {
  if (const auto* flag = value.as<bool>()) return *flag ? 1 : 0;
  if (const auto* number = value.as<int64_t>()) return *number;
  return std::nullopt;
}

[[noreturn]] void no_operation(std::string_view sign, const Value& a, const Value& b) {
  defined(a);
  defined(b);
  user_error("'{}' does not go with {} and {}", sign, type_name(a), type_name(b));
}

int64_t fits(bool overflow, const int64_t& result) {
  require(!overflow, "a number is beyond 63 bits");
  return result;
}

/// Python's // and % round towards minus infinity.
int64_t floor_div(int64_t a, int64_t b) {
  require(b != 0, "division by zero");
  require(b != -1 || a != INT64_MIN, "a number is beyond 63 bits");
  const int64_t quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

Value integer_operation(std::string_view sign, int64_t a, int64_t b) {
  int64_t result = 0;
  if (sign == "+") return {fits(__builtin_add_overflow(a, b, &result), result)};
  if (sign == "-") return {fits(__builtin_sub_overflow(a, b, &result), result)};
  if (sign == "*") return {fits(__builtin_mul_overflow(a, b, &result), result)};
  if (sign == "//") return {floor_div(a, b)};
  if (sign == "%") {
    require(b != 0, "division by zero");
    return {b == -1 ? 0 : a - floor_div(a, b) * b};
  }
  if (sign == "/") {
    require(b != 0, "division by zero");
    return {static_cast<double>(a) / static_cast<double>(b)};
  }
  if (b < 0) return {std::pow(static_cast<double>(a), static_cast<double>(b))};
  result = 1;
  for (; b > 0; --b) {
    if (a == 0 || a == 1 || a == -1) return {a == -1 && b % 2 == 0 ? 1 : a};
    fits(__builtin_mul_overflow(result, a, &result), result);
  }
  return {result};
}

Value float_operation(std::string_view sign, double a, double b) {
  if (sign == "+") return {a + b};
  if (sign == "-") return {a - b};
  if (sign == "*") return {a * b};
  if (sign == "**") return {std::pow(a, b)};
  require(b != 0, "division by zero");
  if (sign == "/") return {a / b};
  if (sign == "//") return {std::floor(a / b)};
  const double rest = std::fmod(a, b);
  return {rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest};
}

Value joined(const Text& a, const Text& b, Allowance& allowance) {
  GrowingText out(allowance);
  const bool safe = a.safe || b.safe;
  for (const Text* text : {&a, &b})
    if (safe && !text->safe)
      out.add(escaped(*text->bytes));
    else
      out.add(*text->bytes);
  return make_text(std::move(out), safe);
}

Value repeated(const Value& value, int64_t times, Allowance& allowance) {
  times = std::max(times, int64_t{0});
  if (const auto* text = value.as<Text>()) {
    require(text->bytes->empty() || times <= (int64_t{1} << 40), "a text is repeated too often");
    if (text->bytes->empty()) return value;
    allowance.memory(text->bytes->size() * static_cast<size_t>(times));
    std::string result;
    for (int64_t i = 0; i < times; ++i) result += *text->bytes;
    return make_text(std::move(result), allowance, text->safe);
  }
  const Sequence& sequence = *value.sequence();
  std::vector<Value> items;
  if (!sequence.items.empty()) {
    require(times <= (int64_t{1} << 30), "a list is repeated too often");
    allowance.memory(sequence.items.size() * static_cast<size_t>(times) * sizeof(Value));
    for (int64_t i = 0; i < times; ++i)
      items.insert(items.end(), sequence.items.begin(), sequence.items.end());
  }
  return make_sequence(sequence.kind, std::move(items), allowance);
}

bool is_repeatable(const Value& value) {
  const auto* sequence = value.sequence();
  return value.is<Text>() || (sequence && sequence->kind <= SequenceKind::tuple);
}

bool all_equal(const std::vector<Value>& a, const std::vector<Value>& b, Allowance& allowance) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!equal(a[i], b[i], allowance)) return false;
  return true;
}

}  // namespace

const double* as_number(const Value& value, double& storage) {
  if (const auto* number = value.as<double>())
    storage = *number;
  else if (const auto integer = as_integer(value))
    storage = static_cast<double>(*integer);
  else
    return nullptr;
  return &storage;
}

bool equal(const Value& a, const Value& b, Allowance& allowance) {
  allowance.step();
  if (const auto x = as_integer(a), y = as_integer(b); x && y) return *x == *y;
  double left = 0, right = 0;
  if (as_number(a, left) && as_number(b, right)) return left == right;
  if (a.data.index() != b.data.index()) return false;
  if (const auto* text = a.text()) {
    if (text->size() == b.text()->size()) allowance.reading(text->size());
    return *text == *b.text();
  }
  if (const auto* sequence = a.sequence()) {
    const Sequence& other = *b.sequence();
    if (sequence == &other) return true;
    return sequence->kind == other.kind && sequence->indexed() &&
           all_equal(sequence->items, other.items, allowance);
  }
  if (const auto* dict = a.dict()) {
    const Dict& other = *b.dict();
    if (dict->entries().size() != other.entries().size()) return false;
    return std::all_of(dict->entries().begin(), dict->entries().end(), [&](const auto& entry) {
      const Value* value = other.find(entry.first);
      return value && equal(entry.second, *value, allowance);
    });
  }
  if (const auto* members = a.as<Namespace*>()) return *members == *b.as<Namespace*>();
  if (const auto* macro = a.as<Macro>()) return macro->node == b.as<Macro>()->node;
  if (const auto* function = a.as<Function>()) return *function == *b.as<Function>();
  return a.is<Undefined>() || a.is<None>();
}

bool less(const Value& a, const Value& b, Allowance& allowance) {
  allowance.step();
  if (const auto x = as_integer(a), y = as_integer(b); x && y) return *x < *y;
  double left = 0, right = 0;
  if (as_number(a, left) && as_number(b, right)) return left < right;
  if (a.is<Text>() && b.is<Text>()) {
    allowance.reading(std::min(a.text()->size(), b.text()->size()));
    return *a.text() < *b.text();  // UTF-8 has the order of code points
  }
  const auto *x = a.sequence(), *y = b.sequence();
  if (!x || !y || x->kind != y->kind || x->kind > SequenceKind::tuple) no_operation("<", a, b);
  for (size_t i = 0; i < std::min(x->items.size(), y->items.size()); ++i)
    if (!equal(x->items[i], y->items[i], allowance))
      return less(x->items[i], y->items[i], allowance);
  return x->items.size() < y->items.size();
}

bool contains(const Value& holder, const Value& value, Allowance& allowance) {
  if (const auto* text = holder.text()) {
    const std::string& part = text_of(value, "what is looked for in a text");
    allowance.reading(text->size());
    return text->find(part) != std::string::npos;
  }
  if (const auto* dict = holder.dict()) return dict->find(value) != nullptr;
  for (const Value& item : elements(holder, allowance))
    if (equal(item, value, allowance)) return true;
  return false;
}

bool compare(std::string_view sign, const Value& a, const Value& b, Allowance& allowance) {
  if (sign == "==") return equal(a, b, allowance);
  if (sign == "!=") return !equal(a, b, allowance);
  if (sign == "in") return contains(b, a, allowance);
  if (sign == "not in") return !contains(b, a, allowance);
  double left = 0, right = 0;
  if (as_number(a, left) && as_number(b, right) && (std::isnan(left) || std::isnan(right)))
    return false;
  if (sign == "<") return less(a, b, allowance);
  if (sign == ">") return less(b, a, allowance);
  return sign == "<=" ? !less(b, a, allowance) : !less(a, b, allowance);
}

Value operate(std::string_view sign, const Value& a, const Value& b, Allowance& allowance) {
  const auto x = as_integer(a), y = as_integer(b);
  if (x && y) return integer_operation(sign, *x, *y);
  double left = 0, right = 0;
  if (as_number(a, left) && as_number(b, right)) return float_operation(sign, left, right);
  if (sign == "+") {
    if (a.is<Text>() && b.is<Text>()) return joined(*a.as<Text>(), *b.as<Text>(), allowance);
    const auto *first = a.sequence(), *second = b.sequence();
    if (first && second && first->kind == second->kind && first->kind <= SequenceKind::tuple) {
      std::vector<Value> items = first->items;
      items.insert(items.end(), second->items.begin(), second->items.end());
      return make_sequence(first->kind, std::move(items), allowance);
    }
  }
  if (sign == "*" && y && is_repeatable(a)) return repeated(a, *y, allowance);
  if (sign == "*" && x && is_repeatable(b)) return repeated(b, *x, allowance);
  if (sign == "%" && a.is<Text>()) {
    require(!a.as<Text>()->safe, "'%' on a text that is 'safe' is not supported");
    return percent_format(*a.text(), b, allowance);
  }
  no_operation(sign, a, b);
}

Value negated(const Value& value) {
  if (const auto integer = as_integer(value)) {
    int64_t result = 0;
    return {fits(__builtin_sub_overflow(int64_t{0}, *integer, &result), result)};
  }
  const auto* number = defined(value).as<double>();
  require(number, "'-' does not go with {}", type_name(value));
  return {-*number};
}

}  // namespace tessera::chat
