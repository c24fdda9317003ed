#include "framework/chat/tests.h"

#include <algorithm>
#include <cmath>

#include "framework/chat/filters.h"
#include "framework/chat/operations.h"
#include "framework/chat/python_text.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

bool is_number(const Value& value) {
  return value.is<bool>() || value.is<int64_t>() || value.is<double>();
}

bool is_iterable(const Value& value) {
  return value.is<Undefined>() || value.is<Text>() || value.sequence() || value.dict() ||
         value.is<std::shared_ptr<const LoopState>>();
}

bool is_sequence(const Value& value) {
  const auto* sequence = value.sequence();
  return value.is<Undefined>() || value.is<Text>() || value.dict() ||
         (sequence && sequence->indexed());
}

bool same(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return false;
  if (const auto* flag = a.as<bool>()) return *flag == *b.as<bool>();
  if (a.sequence()) return a.sequence() == b.sequence();
  if (a.dict()) return a.dict() == b.dict();
  if (const auto* members = a.as<Namespace*>()) return *members == *b.as<Namespace*>();
  require(a.is<None>(), "the test sameas is not supported for values of type {}", type_name(a));
  return true;
}

Value remainder(const Value& value, const Value& divisor, Allowance& allowance) {
  require(is_number(defined(value)), "a test of divisibility needs a number");
  return operate("%", value, divisor, allowance);
}

struct TestRow {
  std::string_view name;
  bool (*passes)(const Value& value, Allowance& allowance);
};
constexpr TestRow kTests[] = {
    {"boolean", [](const Value& v, Allowance&) { return v.is<bool>(); }},
    {"callable", [](const Value& v,
                    Allowance&) { return v.is<Macro>() || v.is<Method>() || v.is<Function>(); }},
    {"defined", [](const Value& v, Allowance&) { return !v.is<Undefined>(); }},
    {"escaped", [](const Value& v, Allowance&) { return v.is<Text>() && v.as<Text>()->safe; }},
    {"even", [](const Value& v,
                Allowance& a) { return equal(remainder(v, {int64_t{2}}, a), {int64_t{0}}, a); }},
    {"false", [](const Value& v, Allowance&) { return v.is<bool>() && !*v.as<bool>(); }},
    {"filter",
     [](const Value& v, Allowance&) { return is_filter_name(text_of(v, "a filter's name")); }},
    {"float", [](const Value& v, Allowance&) { return v.is<double>(); }},
    {"integer", [](const Value& v, Allowance&) { return v.is<int64_t>(); }},
    {"iterable", [](const Value& v, Allowance&) { return is_iterable(v); }},
    {"lower", [](const Value& v, Allowance& a) { return is_lower_case(printed(v, a)); }},
    {"mapping", [](const Value& v, Allowance&) { return v.dict() != nullptr; }},
    {"none", [](const Value& v, Allowance&) { return v.is<None>(); }},
    {"number", [](const Value& v, Allowance&) { return is_number(v); }},
    {"odd", [](const Value& v,
               Allowance& a) { return equal(remainder(v, {int64_t{2}}, a), {int64_t{1}}, a); }},
    {"sequence", [](const Value& v, Allowance&) { return is_sequence(v); }},
    {"string", [](const Value& v, Allowance&) { return v.is<Text>(); }},
    {"test", [](const Value& v, Allowance&) { return is_test_name(text_of(v, "a test's name")); }},
    {"true", [](const Value& v, Allowance&) { return v.is<bool>() && *v.as<bool>(); }},
    {"undefined", [](const Value& v, Allowance&) { return v.is<Undefined>(); }},
    {"upper", [](const Value& v, Allowance& a) { return is_upper_case(printed(v, a)); }},
};
/// Tests with one argument, and the operator that they stand for.
constexpr std::pair<std::string_view, std::string_view> kComparisons[] = {
    {"==", "=="}, {"eq", "=="},   {"equalto", "=="},    {"!=", "!="}, {"ne", "!="},
    {"<", "<"},   {"lt", "<"},    {"lessthan", "<"},    {"<=", "<="}, {"le", "<="},
    {">", ">"},   {"gt", ">"},    {"greaterthan", ">"}, {">=", ">="}, {"ge", ">="},
    {"in", "in"}, {"sameas", ""}, {"divisibleby", "%"},
};

const TestRow* plain_test(std::string_view name) {
  const auto* row = std::find_if(std::begin(kTests), std::end(kTests),
                                 [&](const TestRow& t) { return t.name == name; });
  return row == std::end(kTests) ? nullptr : row;
}

const auto* comparison_test(std::string_view name) {
  const auto* row = std::find_if(std::begin(kComparisons), std::end(kComparisons),
                                 [&](const auto& c) { return c.first == name; });
  return row == std::end(kComparisons) ? nullptr : row;
}

}  // namespace

bool is_test_name(std::string_view name) { return plain_test(name) || comparison_test(name); }

bool passes_test(std::string_view name, const Value& value, const Arguments& arguments,
                 Allowance& allowance) {
  if (const auto* row = plain_test(name)) {
    require(arguments.positional.empty() && arguments.named.empty(),
            "the test {} takes no argument", name);
    return row->passes(value, allowance);
  }
  const auto* row = comparison_test(name);
  require(row, "the test {} is not supported", name);
  require(arguments.positional.size() == 1 && arguments.named.empty(),
          "the test {} takes one argument", name);
  const Value& other = arguments.positional.front();
  if (row->second.empty()) return same(value, other);
  if (row->second == "%") return equal(remainder(value, other, allowance), {int64_t{0}}, allowance);
  return compare(row->second, value, other, allowance);
}

}  // namespace tessera::chat
