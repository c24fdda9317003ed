// The tree of a template.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "framework/chat/value.h"

namespace tessera::chat {

enum class ExpressionKind {
  constant,   // value
  name,       // name
  list,       // parts
  tuple,      // parts
  dict,       // parts: key, value, key, value, …
  attribute,  // parts[0].name
  item,       // parts[0][parts[1]]
  slice,      // parts[0][parts[1]:parts[2]:parts[3]]; `absent` where none is given
  absent,
  call,         // parts[0](parts[1…], named…)
  filter,       // parts[0] | name(parts[1…], named…)
  test,         // parts[0] is name(parts[1…], named…)
  operation,    // parts[0] name parts[1]
  compare,      // parts[0] names[0] parts[1] names[1] parts[2] …
  conditional,  // parts[0] if parts[1] else parts[2]
  negate,
  plus,
  logical_not,
  logical_and,
  logical_or,
  concat,
};

struct NamedExpression;

struct Expression {
  ExpressionKind kind = ExpressionKind::absent;
  size_t offset = 0;  // in the source
  int depth = 1;      // levels of expressions in it
  std::string name;
  Value value;
  std::vector<Expression> parts;
  std::vector<std::string> names;
  std::vector<NamedExpression> named;
};

struct NamedExpression {
  std::string name;
  Expression expression;
};

enum class StatementKind {
  text,        // text
  output,      // expressions[0]
  loop,        // for target in expressions[0] if expressions[1]: bodies[0], else bodies[1]
  branch,      // expressions[i]: bodies[i]; a further body: else
  set,         // target = expressions[0]
  set_block,   // target = bodies[0]; expressions[0]: filters of `kHeld`
  macro,       // macro
  call,        // expressions[0] with macro as caller
  filter,      // bodies[0]; expressions[0]: filters of `kHeld`
  with,        // macro's parameters and defaults as variables in bodies[0]
  generation,  // bodies[0]
  break_loop,
  continue_loop,
};

struct Statement;
using Body = std::vector<Statement>;

struct MacroNode {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Expression> defaults;  // one per parameter; absent where there is none
  Body body;
};

struct Statement {
  StatementKind kind = StatementKind::text;
  size_t offset = 0;
  std::string text;
  Expression target;  // a name, a tuple of targets, or an attribute of a namespace
  std::vector<Expression> expressions;
  std::vector<Body> bodies;
  MacroNode macro;
};

/// The name that the text of a block has in the filters that are applied to it.
inline constexpr const char* kHeld = " text of the block";

struct Template {
  std::string name;  // for errors
  std::string source;
  Body body;
};

}  // namespace tessera::chat
