// Reads the expressions of a template, with jinja2's precedence.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/chat/nodes.h"
#include "framework/chat/token_stream.h"

namespace tessera::chat {

/// Levels of expressions, or of statements, one within the other, that a template may have.
inline constexpr int kTemplateLevels = 200;

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenStream& tokens) : tokens_(tokens) {}

  /// An expression; several with commas between are a tuple.
  Expression tuple();
  Expression expression();
  /// An expression without `if`.
  Expression or_expression();
  /// `| filter …` after `held`.
  Expression filters(Expression held);
  /// `filter …` after `held`, without the `|` before it.
  Expression first_filter(Expression held);
  /// What a loop or `set` gives its values to.
  Expression target();
  /// `(arguments)` for the call of `callee`.
  Expression call(Expression callee);

 private:
  Expression and_expression();
  Expression not_expression();
  Expression comparison();
  Expression sum();
  Expression concatenation();
  Expression product();
  Expression power();
  Expression unary(bool with_filters);
  Expression primary();
  Expression postfix(Expression of);
  Expression subscript(Expression of);
  Expression one_subscript(const Expression& of);
  Expression filter(Expression of);
  Expression test(Expression of);
  Expression display(ExpressionKind kind, const char* close);
  void arguments(Expression& of);

  using Level = Expression (ExpressionParser::*)();
  Expression operations(Level operand, std::initializer_list<const char*> signs);
  bool at_tuple_end() const;
  /// A node over `parts`; refuses more than kTemplateLevels.
  Expression node(ExpressionKind kind, size_t offset, std::vector<Expression> parts,
                  std::string name = {}) const;
  void grow(Expression& of, const Expression& part) const;

  TokenStream& tokens_;
  int level_ = 0;
};

}  // namespace tessera::chat
