#include "framework/chat/parser.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "framework/chat/expression_parser.h"
#include "framework/chat/token_stream.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

class StatementParser {
 public:
  explicit StatementParser(TokenStream& tokens) : tokens_(tokens), expressions_(tokens) {}

  /// Statements up to a block that one of `ends` begins, whose name is taken; up to the end of the
  /// template when there are none.
  Body body(std::initializer_list<std::string_view> ends, std::string* end = nullptr) {
    if (++level_ > kTemplateLevels)
      tokens_.fail_here(fmt::format("at most {} blocks, one within the other,", kTemplateLevels));
    Body statements;
    for (;;) {
      const Token& token = tokens_.here();
      if (token.kind == TokenKind::end) {
        if (ends.size() != 0)
          tokens_.fail_here(fmt::format("the block '{}' must stand", *(ends.end() - 1)));
        break;
      }
      if (token.kind == TokenKind::text) {
        statements.push_back(begun(StatementKind::text));
        statements.back().text = tokens_.take().text;
      } else if (token.kind == TokenKind::output_begin) {
        statements.push_back(begun(StatementKind::output));
        tokens_.take();
        statements.back().expressions.push_back(expressions_.tuple());
        tokens_.expect(TokenKind::output_end, "the end of the tag");
      } else {
        tokens_.take();
        const std::string& word = tokens_.here().text;
        if (tokens_.at(TokenKind::name) &&
            std::find(ends.begin(), ends.end(), word) != ends.end()) {
          *end = tokens_.take().text;
          break;
        }
        statements.push_back(statement());
        tokens_.expect(TokenKind::block_end, "the end of the tag");
      }
    }
    --level_;
    return statements;
  }

 private:
  Statement begun(StatementKind kind) const {
    Statement made;
    made.kind = kind;
    made.offset = tokens_.here().offset;
    return made;
  }

  void end_tag() { tokens_.expect(TokenKind::block_end, "the end of the tag"); }

  /// A body that `end` alone ends.
  Body body_until(std::string_view end) {
    end_tag();
    std::string found;
    return body({end}, &found);
  }

  /// The same, in which `break` and `continue` have no loop.
  Body closed_body(std::string_view end) {
    const int loops = std::exchange(loops_, 0);
    Body made = body_until(end);
    loops_ = loops;
    return made;
  }

  Statement statement() {
    const size_t offset = tokens_.here().offset;
    const std::string word = tokens_.here().text;
    if (!tokens_.at(TokenKind::name)) tokens_.fail_here("the name of a block must stand");
    Statement made = begun(StatementKind::text);
    tokens_.take();
    if (word == "for") {
      loop(made);
    } else if (word == "if") {
      branches(made);
    } else if (word == "set") {
      set(made);
    } else if (word == "macro") {
      made.kind = StatementKind::macro;
      made.macro.name = tokens_.expect_name("the name of the macro");
      parameters(made.macro);
      made.macro.body = closed_body("endmacro");
      if (tokens_.at_word(made.macro.name)) tokens_.take();
    } else if (word == "call") {
      made.kind = StatementKind::call;
      made.macro.name = "caller";
      if (tokens_.at_sign("(")) parameters(made.macro);
      made.expressions.push_back(expressions_.expression());
      if (made.expressions[0].kind != ExpressionKind::call)
        tokens_.fail(offset, "the block 'call' needs a call");
      made.macro.body = closed_body("endcall");
    } else if (word == "filter") {
      made.kind = StatementKind::filter;
      made.expressions.push_back(filter_of_block(true));
      made.bodies.push_back(body_until("endfilter"));
    } else if (word == "with") {
      with(made);
    } else if (word == "generation") {
      made.kind = StatementKind::generation;
      made.bodies.push_back(closed_body("endgeneration"));
    } else if (word == "break" || word == "continue") {
      if (loops_ == 0) tokens_.fail(offset, fmt::format("'{}' stands in no loop", word));
      made.kind = word == "break" ? StatementKind::break_loop : StatementKind::continue_loop;
    } else {
      tokens_.fail(offset, fmt::format("the block '{}' is not supported here", word));
    }
    return made;
  }

  void loop(Statement& made) {
    made.kind = StatementKind::loop;
    made.target = expressions_.target();
    if (!tokens_.take_word("in")) tokens_.fail_here("'in' must stand");
    // `if` belongs to the loop, so that the list has no conditional expression.
    Expression list = expressions_.or_expression();
    if (tokens_.at_sign(",")) {
      Expression all;
      all.kind = ExpressionKind::tuple;
      all.offset = list.offset;
      all.depth = 1 + list.depth;
      all.parts.push_back(std::move(list));
      while (tokens_.take_sign(",") && !tokens_.at(TokenKind::block_end)) {
        all.parts.push_back(expressions_.or_expression());
        all.depth = std::max(all.depth, 1 + all.parts.back().depth);
      }
      list = std::move(all);
    }
    made.expressions.push_back(std::move(list));
    if (tokens_.take_word("if")) made.expressions.push_back(expressions_.expression());
    if (tokens_.at_word("recursive"))
      tokens_.fail(tokens_.here().offset, "loops that are recursive are not supported");
    end_tag();
    std::string end;
    ++loops_;
    made.bodies.push_back(body({"else", "endfor"}, &end));
    --loops_;
    if (end == "else") made.bodies.push_back(body_until("endfor"));
  }

  void branches(Statement& made) {
    made.kind = StatementKind::branch;
    std::string end = "elif";
    while (end == "elif") {
      made.expressions.push_back(expressions_.tuple());
      end_tag();
      made.bodies.push_back(body({"elif", "else", "endif"}, &end));
    }
    if (end == "else") made.bodies.push_back(body_until("endif"));
  }

  void set(Statement& made) {
    made.target = expressions_.target();
    if (tokens_.take_sign("=")) {
      made.kind = StatementKind::set;
      made.expressions.push_back(expressions_.tuple());
      return;
    }
    made.kind = StatementKind::set_block;
    made.expressions.push_back(filter_of_block(false));
    made.bodies.push_back(body_until("endset"));
  }

  /// The filters of a block, over the text that the block makes.
  Expression filter_of_block(bool begins_with_name) {
    Expression held;
    held.kind = ExpressionKind::name;
    held.offset = tokens_.here().offset;
    held.name = kHeld;
    if (begins_with_name) held = expressions_.first_filter(std::move(held));
    return expressions_.filters(std::move(held));
  }

  void with(Statement& made) {
    made.kind = StatementKind::with;
    while (!tokens_.at(TokenKind::block_end)) {
      if (!made.macro.parameters.empty()) tokens_.expect_sign(",");
      made.macro.parameters.push_back(tokens_.expect_name("the name of a variable"));
      tokens_.expect_sign("=");
      made.macro.defaults.push_back(expressions_.expression());
    }
    made.bodies.push_back(body_until("endwith"));
  }

  void parameters(MacroNode& macro) {
    tokens_.expect_sign("(");
    while (!tokens_.take_sign(")")) {
      if (!macro.parameters.empty()) tokens_.expect_sign(",");
      const size_t offset = tokens_.here().offset;
      std::string name = tokens_.expect_name("the name of a parameter");
      if (std::count(macro.parameters.begin(), macro.parameters.end(), name) != 0)
        tokens_.fail(offset, fmt::format("the parameter {} is given twice", name));
      macro.parameters.push_back(std::move(name));
      Expression value;
      if (tokens_.take_sign("="))
        value = expressions_.expression();
      else if (!macro.defaults.empty() && macro.defaults.back().kind != ExpressionKind::absent)
        tokens_.fail(offset, "a parameter without default stands after one with a default");
      macro.defaults.push_back(std::move(value));
    }
  }

  TokenStream& tokens_;
  ExpressionParser expressions_;
  int level_ = 0, loops_ = 0;
};

}  // namespace

Body parse_template(std::string_view source) {
  TokenStream tokens(source, tokenize_template(source));
  return StatementParser(tokens).body({});
}

}  // namespace tessera::chat
