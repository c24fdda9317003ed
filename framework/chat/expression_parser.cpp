#include "framework/chat/expression_parser.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "framework/chat/filters.h"
#include "framework/chat/methods.h"
#include "framework/chat/tests.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

Value constant_text(std::string text) {
  return {Text{std::make_shared<const std::string>(std::move(text)), false}};
}

template <typename... Parts>
std::vector<Expression> parts_of(Parts&&... parts) {
  std::vector<Expression> all;
  (all.push_back(std::forward<Parts>(parts)), ...);
  return all;
}

}  // namespace

Expression ExpressionParser::node(ExpressionKind kind, size_t offset, std::vector<Expression> parts,
                                  std::string name) const {
  Expression made;
  made.kind = kind;
  made.offset = offset;
  made.name = std::move(name);
  for (const Expression& part : parts) grow(made, part);
  made.parts = std::move(parts);
  return made;
}

void ExpressionParser::grow(Expression& of, const Expression& part) const {
  of.depth = std::max(of.depth, 1 + part.depth);
  if (of.depth > kTemplateLevels)
    tokens_.fail(of.offset,
                 fmt::format("more than {} expressions lie one within the other", kTemplateLevels));
}

bool ExpressionParser::at_tuple_end() const {
  return tokens_.at(TokenKind::block_end) || tokens_.at(TokenKind::output_end) ||
         tokens_.at_sign(")");
}

Expression ExpressionParser::tuple() {
  const size_t offset = tokens_.here().offset;
  Expression first = expression();
  if (!tokens_.at_sign(",")) return first;
  std::vector<Expression> parts = parts_of(std::move(first));
  while (tokens_.take_sign(",") && !at_tuple_end()) parts.push_back(expression());
  return node(ExpressionKind::tuple, offset, std::move(parts));
}

Expression ExpressionParser::expression() {
  if (++level_ > kTemplateLevels)
    tokens_.fail_here(
        fmt::format("at most {} expressions, one within the other,", kTemplateLevels));
  Expression value = or_expression();
  while (tokens_.at_word("if")) {
    const size_t offset = tokens_.take().offset;
    Expression condition = or_expression(), otherwise;
    if (tokens_.take_word("else")) otherwise = expression();
    value = node(ExpressionKind::conditional, offset,
                 parts_of(std::move(value), std::move(condition), std::move(otherwise)));
  }
  --level_;
  return value;
}

Expression ExpressionParser::or_expression() {
  Expression left = and_expression();
  while (tokens_.at_word("or")) {
    const size_t offset = tokens_.take().offset;
    left = node(ExpressionKind::logical_or, offset, parts_of(std::move(left), and_expression()));
  }
  return left;
}

Expression ExpressionParser::and_expression() {
  Expression left = not_expression();
  while (tokens_.at_word("and")) {
    const size_t offset = tokens_.take().offset;
    left = node(ExpressionKind::logical_and, offset, parts_of(std::move(left), not_expression()));
  }
  return left;
}

Expression ExpressionParser::not_expression() {
  if (!tokens_.at_word("not")) return comparison();
  const size_t offset = tokens_.take().offset;
  if (++level_ > kTemplateLevels) tokens_.fail(offset, "too many times 'not'");
  Expression value = node(ExpressionKind::logical_not, offset, parts_of(not_expression()));
  --level_;
  return value;
}

Expression ExpressionParser::comparison() {
  const size_t offset = tokens_.here().offset;
  std::vector<Expression> parts = parts_of(sum());
  std::vector<std::string> names;
  for (;;) {
    static constexpr std::string_view kSigns[] = {"==", "!=", "<", ">", "<=", ">="};
    const Token& token = tokens_.here();
    if (token.kind == TokenKind::sign &&
        std::find(std::begin(kSigns), std::end(kSigns), token.text) != std::end(kSigns)) {
      names.push_back(tokens_.take().text);
    } else if (tokens_.take_word("in")) {
      names.emplace_back("in");
    } else if (tokens_.at_word("not") && TokenStream::is(tokens_.ahead(), TokenKind::name, "in")) {
      tokens_.take();
      tokens_.take();
      names.emplace_back("not in");
    } else {
      break;
    }
    parts.push_back(sum());
  }
  if (names.empty()) return std::move(parts.front());
  Expression made = node(ExpressionKind::compare, offset, std::move(parts));
  made.names = std::move(names);
  return made;
}

Expression ExpressionParser::operations(Level operand, std::initializer_list<const char*> signs) {
  Expression left = (this->*operand)();
  for (;;) {
    const auto sign =
        std::find_if(signs.begin(), signs.end(), [&](const char* s) { return tokens_.at_sign(s); });
    if (sign == signs.end()) return left;
    const size_t offset = tokens_.take().offset;
    const auto kind =
        *sign == std::string_view("~") ? ExpressionKind::concat : ExpressionKind::operation;
    left = node(kind, offset, parts_of(std::move(left), (this->*operand)()), *sign);
  }
}

Expression ExpressionParser::sum() {
  return operations(&ExpressionParser::concatenation, {"+", "-"});
}
Expression ExpressionParser::concatenation() {
  return operations(&ExpressionParser::product, {"~"});
}
Expression ExpressionParser::product() {
  return operations(&ExpressionParser::power, {"*", "/", "//", "%"});
}
Expression ExpressionParser::power() {
  Expression left = unary(true);
  while (tokens_.at_sign("**")) {
    const size_t offset = tokens_.take().offset;
    left = node(ExpressionKind::operation, offset, parts_of(std::move(left), unary(true)), "**");
  }
  return left;
}

Expression ExpressionParser::unary(bool with_filters) {
  const size_t offset = tokens_.here().offset;
  if (++level_ > kTemplateLevels)
    tokens_.fail(offset, fmt::format("more than {} signs or brackets lie one within the other",
                                     kTemplateLevels));
  Expression value;
  if (tokens_.take_sign("-"))
    value = node(ExpressionKind::negate, offset, parts_of(unary(false)));
  else if (tokens_.take_sign("+"))
    value = node(ExpressionKind::plus, offset, parts_of(unary(false)));
  else
    value = primary();
  value = postfix(std::move(value));
  while (with_filters) {
    if (tokens_.at_sign("|"))
      value = filter(std::move(value));
    else if (tokens_.at_word("is"))
      value = test(std::move(value));
    else if (tokens_.at_sign("("))
      value = call(std::move(value));
    else
      break;
  }
  --level_;
  return value;
}

Expression ExpressionParser::primary() {
  const Token& token = tokens_.here();
  Expression made;
  made.offset = token.offset;
  switch (token.kind) {
    case TokenKind::name: {
      tokens_.take();
      const std::string& name = token.text;
      made.kind = ExpressionKind::constant;
      if (name == "true" || name == "True") {
        made.value.data = true;
      } else if (name == "false" || name == "False") {
        made.value.data = false;
      } else if (name == "none" || name == "None") {
        made.value.data = None{};
      } else {
        made.kind = ExpressionKind::name;
        made.name = name;
      }
      return made;
    }
    case TokenKind::string: {
      std::string text;
      while (tokens_.at(TokenKind::string)) text += tokens_.take().text;
      made.kind = ExpressionKind::constant;
      made.value = constant_text(std::move(text));
      return made;
    }
    case TokenKind::integer:
    case TokenKind::real: {
      tokens_.take();
      made.kind = ExpressionKind::constant;
      if (token.kind == TokenKind::real) {
        made.value.data = std::strtod(token.text.c_str(), nullptr);
        return made;
      }
      int64_t number = 0;
      const char* end = token.text.data() + token.text.size();
      if (std::from_chars(token.text.data(), end, number).ec != std::errc())
        tokens_.fail(token.offset, "the number is beyond 63 bits");
      made.value.data = number;
      return made;
    }
    default:
      break;
  }
  if (tokens_.take_sign("(")) {
    if (tokens_.take_sign(")")) return node(ExpressionKind::tuple, token.offset, {});
    made = tuple();
    tokens_.expect_sign(")");
    return made;
  }
  if (tokens_.take_sign("[")) return display(ExpressionKind::list, "]");
  if (tokens_.take_sign("{")) return display(ExpressionKind::dict, "}");
  tokens_.fail_here("an expression must stand");
}

Expression ExpressionParser::display(ExpressionKind kind, const char* close) {
  const size_t offset = tokens_.here().offset;
  std::vector<Expression> parts;
  while (!tokens_.take_sign(close)) {
    if (!parts.empty()) tokens_.expect_sign(",");
    if (tokens_.take_sign(close)) break;
    parts.push_back(expression());
    if (kind != ExpressionKind::dict) continue;
    tokens_.expect_sign(":");
    parts.push_back(expression());
  }
  return node(kind, offset, std::move(parts));
}

Expression ExpressionParser::postfix(Expression of) {
  for (;;) {
    if (tokens_.at_sign(".") || tokens_.at_sign("["))
      of = subscript(std::move(of));
    else if (tokens_.at_sign("("))
      of = call(std::move(of));
    else
      return of;
  }
}

Expression ExpressionParser::subscript(Expression of) {
  const Token& token = tokens_.take();
  if (token.text == ".") {
    if (tokens_.at(TokenKind::integer)) {
      Expression index = primary();
      return node(ExpressionKind::item, token.offset, parts_of(std::move(of), std::move(index)));
    }
    const size_t offset = tokens_.here().offset;
    std::string name = tokens_.expect_name("the name of an attribute");
    if (name.starts_with("__"))
      tokens_.fail(offset, fmt::format("the attribute {} is not supported", name));
    return node(ExpressionKind::attribute, offset, parts_of(std::move(of)), std::move(name));
  }
  Expression made = one_subscript(of);
  if (tokens_.at_sign(","))
    tokens_.fail_here("']' (an index of several parts is not supported) must stand");
  tokens_.expect_sign("]");
  made.parts.front() = std::move(of);
  return made;
}

Expression ExpressionParser::one_subscript(const Expression& of) {
  const size_t offset = tokens_.here().offset;
  Expression bounds[3];
  int given = 0;
  bool slice = false;
  for (; given < 3; ++given) {
    if (!tokens_.at_sign(":") && !tokens_.at_sign("]")) bounds[given] = expression();
    if (!tokens_.take_sign(":")) break;
    slice = true;
  }
  Expression made;
  made.offset = offset;
  grow(made, of);
  if (!slice) {
    if (bounds[0].kind == ExpressionKind::absent) tokens_.fail_here("an index must stand");
    Expression item =
        node(ExpressionKind::item, offset, parts_of(Expression{}, std::move(bounds[0])));
    item.depth = std::max(item.depth, made.depth);
    return item;
  }
  Expression part = node(
      ExpressionKind::slice, offset,
      parts_of(Expression{}, std::move(bounds[0]), std::move(bounds[1]), std::move(bounds[2])));
  part.depth = std::max(part.depth, made.depth);
  return part;
}

void ExpressionParser::arguments(Expression& of) {
  tokens_.expect_sign("(");
  for (bool first = true; !tokens_.take_sign(")"); first = false) {
    if (!first) tokens_.expect_sign(",");
    if (tokens_.take_sign(")")) return;
    if (tokens_.at_sign("*") || tokens_.at_sign("**"))
      tokens_.fail_here("an argument (lists of arguments are not supported) must stand");
    if (tokens_.at(TokenKind::name) && TokenStream::is(tokens_.ahead(), TokenKind::sign, "=")) {
      std::string name = tokens_.take().text;
      tokens_.take();
      of.named.push_back({std::move(name), expression()});
      grow(of, of.named.back().expression);
      continue;
    }
    if (!of.named.empty()) tokens_.fail_here("an argument with a name must stand");
    of.parts.push_back(expression());
    grow(of, of.parts.back());
  }
}

Expression ExpressionParser::call(Expression callee) {
  const size_t offset = callee.offset;
  if (callee.kind == ExpressionKind::attribute && !is_method_name(callee.name))
    tokens_.fail(offset, fmt::format("the method {} is not supported", callee.name));
  Expression made = node(ExpressionKind::call, offset, parts_of(std::move(callee)));
  arguments(made);
  return made;
}

Expression ExpressionParser::filters(Expression held) {
  while (tokens_.at_sign("|")) held = filter(std::move(held));
  return held;
}

Expression ExpressionParser::filter(Expression of) {
  tokens_.take();
  return first_filter(std::move(of));
}

Expression ExpressionParser::first_filter(Expression of) {
  const size_t offset = tokens_.here().offset;
  std::string name = tokens_.expect_name("the name of a filter");
  while (tokens_.take_sign(".")) name += "." + tokens_.expect_name("the name of a filter");
  if (!is_filter_name(name))
    tokens_.fail(offset, fmt::format("the filter {} is not supported", name));
  Expression made = node(ExpressionKind::filter, offset, parts_of(std::move(of)), std::move(name));
  if (tokens_.at_sign("(")) arguments(made);
  return made;
}

Expression ExpressionParser::test(Expression of) {
  tokens_.take();
  const size_t begin = tokens_.here().offset;
  const bool negated = tokens_.take_word("not");
  const size_t offset = tokens_.here().offset;
  std::string name = tokens_.expect_name("the name of a test");
  if (!is_test_name(name)) tokens_.fail(offset, fmt::format("the test {} is not supported", name));
  Expression made = node(ExpressionKind::test, offset, parts_of(std::move(of)), std::move(name));
  const Token& token = tokens_.here();
  if (tokens_.at_sign("(")) {
    arguments(made);
  } else if (token.kind == TokenKind::string || token.kind == TokenKind::integer ||
             token.kind == TokenKind::real || tokens_.at_sign("[") || tokens_.at_sign("{") ||
             (token.kind == TokenKind::name && !tokens_.at_word("else") && !tokens_.at_word("or") &&
              !tokens_.at_word("and"))) {
    if (tokens_.at_word("is")) tokens_.fail_here("another word than a second 'is' must stand");
    Expression argument = postfix(primary());
    grow(made, argument);
    made.parts.push_back(std::move(argument));
  }
  if (negated) made = node(ExpressionKind::logical_not, begin, parts_of(std::move(made)));
  return made;
}

Expression ExpressionParser::target() {
  const size_t offset = tokens_.here().offset;
  std::vector<Expression> parts;
  bool several = false;
  do {
    if (!parts.empty() && (tokens_.at_word("in") || tokens_.at_sign("="))) break;  // a last comma
    if (tokens_.take_sign("(")) {
      if (++level_ > kTemplateLevels) tokens_.fail(offset, "too many brackets");
      parts.push_back(target());
      --level_;
      tokens_.expect_sign(")");
      continue;
    }
    const size_t begin = tokens_.here().offset;
    Expression name;
    name.kind = ExpressionKind::name;
    name.offset = begin;
    name.name = tokens_.expect_name("the name of a variable");
    for (const char* word : {"true", "false", "none", "True", "False", "None"})
      if (name.name == word) tokens_.fail(begin, fmt::format("{} cannot be a variable", word));
    if (tokens_.take_sign("."))
      name = node(ExpressionKind::attribute, begin, parts_of(std::move(name)),
                  tokens_.expect_name("the name of an attribute"));
    parts.push_back(std::move(name));
  } while (tokens_.take_sign(",") && (several = true));
  if (!several) return std::move(parts.front());
  return node(ExpressionKind::tuple, offset, std::move(parts));
}

}  // namespace tessera::chat
