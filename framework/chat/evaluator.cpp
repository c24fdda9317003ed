#include "framework/chat/access.h"
#include "framework/chat/escape.h"
#include "framework/chat/filters.h"
#include "framework/chat/methods.h"
#include "framework/chat/operations.h"
#include "framework/chat/renderer.h"
#include "framework/chat/tests.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// Expressions and calls of macros, one within the other, that may be under way.
constexpr int kRunningLevels = 1500;

}  // namespace

Value Renderer::value_of(const Expression& expression) {
  allowance_.step();
  require(++level_ <= kRunningLevels,
          "more than {} expressions and macros run one within the other", kRunningLevels);
  const size_t before = offset_;
  offset_ = expression.offset;
  Value value = evaluated(expression);
  offset_ = before;
  --level_;
  return value;
}

std::vector<Value> Renderer::values_of(const std::vector<Expression>& expressions) {
  std::vector<Value> values;
  values.reserve(expressions.size());
  for (const Expression& expression : expressions) values.push_back(value_of(expression));
  return values;
}

Arguments Renderer::arguments_of(const Expression& expression) {
  Arguments arguments;
  for (size_t i = 1; i < expression.parts.size(); ++i)
    arguments.positional.push_back(value_of(expression.parts[i]));
  for (const auto& [name, part] : expression.named)
    arguments.named.emplace_back(name, value_of(part));
  return arguments;
}

Value Renderer::dict_of(const Expression& expression) {
  auto dict = std::make_shared<Dict>();
  for (size_t i = 0; i < expression.parts.size(); i += 2) {
    Value key = value_of(expression.parts[i]);
    dict->set(std::move(key), value_of(expression.parts[i + 1]), allowance_);
  }
  return make_dict(std::move(dict));
}

Value Renderer::concatenated(const Expression& expression) {
  GrowingText out(allowance_);
  for (const Expression& part : expression.parts) print_value(value_of(part), out);
  return make_text(std::move(out));
}

Value Renderer::compared(const Expression& expression) {
  Value left = value_of(expression.parts[0]);
  for (size_t i = 0; i < expression.names.size(); ++i) {
    Value right = value_of(expression.parts[i + 1]);
    if (!compare(expression.names[i], left, right, allowance_)) return {false};
    left = std::move(right);
  }
  return {true};
}

Value Renderer::call(const Expression& expression, const Macro* caller) {
  const Value callee = value_of(expression.parts[0]);
  const Arguments arguments = arguments_of(expression);
  if (const auto* macro = callee.as<Macro>()) return call_macro(*macro, arguments, caller);
  require(!caller, "the block 'call' needs the call of a macro");
  if (const auto* method = callee.as<Method>()) return call_method(*method, arguments, allowance_);
  const auto* function = defined(callee).as<Function>();
  require(function, "a value of type {} cannot be called", type_name(callee));
  return call_function(*function, arguments);
}

Value Renderer::evaluated(const Expression& expression) {
  const auto& parts = expression.parts;
  switch (expression.kind) {
    case ExpressionKind::absent:
      return {None{}};
    case ExpressionKind::constant:
      return expression.value;
    case ExpressionKind::name:
      return variable(expression.name);
    case ExpressionKind::list:
      return make_sequence(SequenceKind::list, values_of(parts), allowance_);
    case ExpressionKind::tuple:
      return make_sequence(SequenceKind::tuple, values_of(parts), allowance_);
    case ExpressionKind::dict:
      return dict_of(expression);
    case ExpressionKind::attribute:
      return attribute_of(value_of(parts[0]), expression.name, allowance_);
    case ExpressionKind::item: {
      const Value of = value_of(parts[0]);
      return item_of(of, value_of(parts[1]), allowance_);
    }
    case ExpressionKind::slice: {
      const std::vector<Value> values = values_of(parts);
      return slice_of(values[0], values[1], values[2], values[3], allowance_);
    }
    case ExpressionKind::call:
      return call(expression, nullptr);
    case ExpressionKind::filter: {
      const Value value = value_of(parts[0]);
      return apply_filter(expression.name, value, arguments_of(expression), allowance_);
    }
    case ExpressionKind::test: {
      const Value value = value_of(parts[0]);
      return {passes_test(expression.name, value, arguments_of(expression), allowance_)};
    }
    case ExpressionKind::operation: {
      const Value left = value_of(parts[0]);
      return operate(expression.name, left, value_of(parts[1]), allowance_);
    }
    case ExpressionKind::compare:
      return compared(expression);
    case ExpressionKind::conditional:
      if (truth(value_of(parts[1]))) return value_of(parts[0]);
      if (parts[2].kind != ExpressionKind::absent) return value_of(parts[2]);
      return undefined("an 'if' without 'else' is false");
    case ExpressionKind::negate:
      return negated(value_of(parts[0]));
    case ExpressionKind::plus:
      return operate("+", value_of(parts[0]), {int64_t{0}}, allowance_);
    case ExpressionKind::logical_not:
      return {!truth(value_of(parts[0]))};
    case ExpressionKind::logical_and: {
      Value left = value_of(parts[0]);
      return truth(left) ? value_of(parts[1]) : left;
    }
    case ExpressionKind::logical_or: {
      Value left = value_of(parts[0]);
      return truth(left) ? left : value_of(parts[1]);
    }
    case ExpressionKind::concat:
      return concatenated(expression);
  }
  internal_error("an expression of unknown kind");
}

}  // namespace tessera::chat
