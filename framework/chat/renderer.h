// Renders the tree of a template.
#pragma once

#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "framework/chat/arguments.h"
#include "framework/chat/chat_template.h"
#include "framework/chat/nodes.h"
#include "framework/chat/value.h"

namespace tessera::chat {

/// Variables of a loop's body, a macro or the whole template; `if` has none of its own.
struct Scope {
  std::shared_ptr<Scope> around;
  std::unordered_map<std::string_view, Value> variables;
};

class Renderer {
 public:
  Renderer(const Template& tree, const ChatLimits& limits, std::time_t now);

  /// Sets a variable before the rendering; `name` must outlive it.
  void set(std::string_view name, Value value);
  Allowance& allowance() { return allowance_; }
  ChatText render();

 private:
  enum class Flow { next, break_loop, continue_loop };

  Flow run(const Body& body);
  Flow run(const Statement& statement);
  Flow loop(const Statement& statement);
  Flow branches(const Statement& statement);
  void set_block(const Statement& statement, Flow& flow);
  void generation(const Statement& statement);
  void assign(const Expression& target, const Value& value);
  void print(const Value& value);
  /// What `body` writes, in a scope of its own.
  std::string written(const Body& body, Flow& flow);

  Value value_of(const Expression& expression);
  Value evaluated(const Expression& expression);
  Value variable(std::string_view name);
  Value call(const Expression& expression, const Macro* caller);
  Value call_macro(const Macro& macro, const Arguments& arguments, const Macro* caller);
  Value call_function(Function function, const Arguments& arguments);
  Value range(const Arguments& arguments);
  Arguments arguments_of(const Expression& expression);
  std::vector<Value> values_of(const std::vector<Expression>& expressions);
  Value dict_of(const Expression& expression);
  Value concatenated(const Expression& expression);
  Value compared(const Expression& expression);

  const Template& template_;
  Allowance allowance_;
  const int64_t output_bytes_;
  const std::time_t now_;
  std::shared_ptr<Scope> scope_;
  std::deque<Namespace> namespaces_;
  std::string root_;
  std::string* out_ = &root_;
  std::vector<std::pair<size_t, size_t>> generated_;
  const Value* held_ = nullptr;  // the text of a block while its filters run
  size_t offset_ = 0;            // of what runs, for errors
  int level_ = 0;
};

}  // namespace tessera::chat
