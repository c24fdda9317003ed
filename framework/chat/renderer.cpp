#include "framework/chat/renderer.h"

#include <algorithm>

#include "framework/chat/filters.h"
#include "framework/chat/lexer.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

constexpr std::pair<const char*, Function> kFunctions[] = {
    {"range", Function::range},
    {"dict", Function::dict},
    {"namespace", Function::name_space},
    {"raise_exception", Function::raise_exception},
    {"strftime_now", Function::strftime_now}};

}  // namespace

Renderer::Renderer(const Template& tree, const ChatLimits& limits, std::time_t now)
    : template_(tree),
      allowance_(limits.steps, limits.value_bytes),
      output_bytes_(limits.output_bytes),
      now_(now),
      scope_(std::make_shared<Scope>()) {
  for (const auto& [name, function] : kFunctions) set(name, {function});
  scope_ = std::make_shared<Scope>(Scope{scope_, {}});
}

void Renderer::set(std::string_view name, Value value) {
  scope_->variables.insert_or_assign(name, std::move(value));
}

ChatText Renderer::render() {
  try {
    run(template_.body);
  } catch (const UserError& error) {
    error_at(template_.source, offset_, error.what());
  }
  return {std::move(root_), std::move(generated_)};
}

void Renderer::print(const Value& value) {
  if (const auto* text = value.text()) {
    allowance_.memory(text->size());
    *out_ += *text;
  } else {
    *out_ += printed(value, allowance_);
  }
  require(out_->size() <= static_cast<size_t>(output_bytes_), "the text is longer than {} bytes",
          output_bytes_);
}

Renderer::Flow Renderer::run(const Body& body) {
  for (const Statement& statement : body)
    if (const Flow flow = run(statement); flow != Flow::next) return flow;
  return Flow::next;
}

Renderer::Flow Renderer::run(const Statement& statement) {
  allowance_.step();
  offset_ = statement.offset;
  Flow flow = Flow::next;
  switch (statement.kind) {
    case StatementKind::text:
      allowance_.memory(statement.text.size());
      *out_ += statement.text;
      require(out_->size() <= static_cast<size_t>(output_bytes_),
              "the text is longer than {} bytes", output_bytes_);
      break;
    case StatementKind::output:
      print(value_of(statement.expressions[0]));
      break;
    case StatementKind::loop:
      return loop(statement);
    case StatementKind::branch:
      return branches(statement);
    case StatementKind::set:
      assign(statement.target, value_of(statement.expressions[0]));
      break;
    case StatementKind::set_block:
      set_block(statement, flow);
      break;
    case StatementKind::macro:
      set(statement.macro.name, {Macro{&statement.macro, scope_}});
      break;
    case StatementKind::call: {
      const Macro caller{&statement.macro, scope_};
      print(call(statement.expressions[0], &caller));
      break;
    }
    case StatementKind::filter: {
      const Value text = make_text(written(statement.bodies[0], flow), allowance_);
      if (flow != Flow::next) return flow;
      const Value* held = std::exchange(held_, &text);
      print(value_of(statement.expressions[0]));
      held_ = held;
      break;
    }
    case StatementKind::with: {
      auto inner = std::make_shared<Scope>(Scope{scope_, {}});
      for (size_t i = 0; i < statement.macro.parameters.size(); ++i)
        inner->variables.insert_or_assign(statement.macro.parameters[i],
                                          value_of(statement.macro.defaults[i]));
      scope_.swap(inner);
      flow = run(statement.bodies[0]);
      scope_.swap(inner);
      break;
    }
    case StatementKind::generation:
      generation(statement);
      break;
    case StatementKind::break_loop:
      return Flow::break_loop;
    case StatementKind::continue_loop:
      return Flow::continue_loop;
  }
  return flow;
}

Renderer::Flow Renderer::loop(const Statement& statement) {
  std::vector<Value> items = elements(value_of(statement.expressions[0]), allowance_);
  const std::shared_ptr<Scope> around = scope_;
  if (statement.expressions.size() > 1) {
    std::vector<Value> kept;
    for (Value& item : items) {
      scope_ = std::make_shared<Scope>(Scope{around, {}});
      assign(statement.target, item);
      if (truth(value_of(statement.expressions[1]))) kept.push_back(std::move(item));
    }
    scope_ = around;
    items = std::move(kept);
  }
  if (items.empty()) return statement.bodies.size() > 1 ? run(statement.bodies[1]) : Flow::next;
  const Value list = make_sequence(SequenceKind::list, std::move(items), allowance_);
  const std::shared_ptr<const Sequence> all = *list.as<std::shared_ptr<Sequence>>();
  for (size_t i = 0; i < all->items.size(); ++i) {
    allowance_.step();
    scope_ = std::make_shared<Scope>(Scope{around, {}});
    set("loop", {std::make_shared<const LoopState>(LoopState{all, i, 0})});
    assign(statement.target, all->items[i]);
    if (run(statement.bodies[0]) == Flow::break_loop) break;
  }
  scope_ = around;
  return Flow::next;
}

Renderer::Flow Renderer::branches(const Statement& statement) {
  for (size_t i = 0; i < statement.expressions.size(); ++i)
    if (truth(value_of(statement.expressions[i]))) return run(statement.bodies[i]);
  if (statement.bodies.size() == statement.expressions.size()) return Flow::next;
  return run(statement.bodies.back());
}

std::string Renderer::written(const Body& body, Flow& flow) {
  std::string text;
  std::string* out = std::exchange(out_, &text);
  const std::shared_ptr<Scope> around = scope_;
  scope_ = std::make_shared<Scope>(Scope{around, {}});
  flow = run(body);
  scope_ = around;
  out_ = out;
  return text;
}

void Renderer::set_block(const Statement& statement, Flow& flow) {
  const Value text = make_text(written(statement.bodies[0], flow), allowance_);
  if (flow != Flow::next) return;
  const Value* held = std::exchange(held_, &text);
  assign(statement.target, value_of(statement.expressions[0]));
  held_ = held;
}

void Renderer::generation(const Statement& statement) {
  require(out_ == &root_, "a generation block in a macro or a block that is kept is not supported");
  const size_t begin = root_.size();
  const std::shared_ptr<Scope> around = scope_;
  scope_ = std::make_shared<Scope>(Scope{around, {}});
  run(statement.bodies[0]);
  scope_ = around;
  generated_.emplace_back(begin, root_.size());
}

void Renderer::assign(const Expression& target, const Value& value) {
  if (target.kind == ExpressionKind::name) return set(target.name, value);
  if (target.kind == ExpressionKind::tuple) {
    const std::vector<Value> items = elements(defined(value), allowance_);
    require(items.size() == target.parts.size(), "{} values do not go into {} variables",
            items.size(), target.parts.size());
    for (size_t i = 0; i < items.size(); ++i) assign(target.parts[i], items[i]);
    return;
  }
  offset_ = target.offset;
  const Value holder = variable(target.parts[0].name);
  const auto* members = holder.as<Namespace*>();
  require(members, "only attributes of a namespace can be set, and '{}' is none",
          target.parts[0].name);
  require(!target.name.starts_with('_'), "a namespace holds no names that begin with _");
  if (!(*members)->members.contains(target.name)) allowance_.memory(2 * sizeof(Value));
  (*members)->members.insert_or_assign(target.name, value);
}

Value Renderer::variable(std::string_view name) {
  if (name == kHeld && held_) return *held_;
  for (const Scope* scope = scope_.get(); scope; scope = scope->around.get())
    if (const auto found = scope->variables.find(name); found != scope->variables.end())
      return found->second;
  return undefined(fmt::format("'{}' is undefined", name));
}

Value Renderer::call_macro(const Macro& macro, const Arguments& arguments, const Macro* caller) {
  const MacroNode& node = *macro.node;
  const std::shared_ptr<Scope> around = macro.scope.lock();
  require(around != nullptr, "the macro {} is called after the block that it stands in", node.name);
  auto inner = std::make_shared<Scope>(Scope{around, {}});
  require(arguments.positional.size() <= node.parameters.size(),
          "the macro {} takes at most {} arguments, not {}", node.name, node.parameters.size(),
          arguments.positional.size());
  for (size_t i = 0; i < arguments.positional.size(); ++i)
    inner->variables.emplace(node.parameters[i], arguments.positional[i]);
  for (const auto& [name, value] : arguments.named) {
    const auto place = std::find(node.parameters.begin(), node.parameters.end(), name);
    require(place != node.parameters.end(), "the macro {} has no argument '{}'", node.name, name);
    require(inner->variables.emplace(*place, value).second, "the macro {} is given '{}' twice",
            node.name, name);
  }
  inner->variables.emplace("caller", caller ? Value{*caller} : undefined("'caller' is undefined"));
  scope_.swap(inner);
  for (size_t i = 0; i < node.parameters.size(); ++i) {
    if (scope_->variables.contains(node.parameters[i])) continue;
    set(node.parameters[i],
        node.defaults[i].kind == ExpressionKind::absent
            ? undefined(fmt::format("the argument '{}' is not given", node.parameters[i]))
            : value_of(node.defaults[i]));
  }
  std::string text;
  std::string* out = std::exchange(out_, &text);
  run(node.body);
  out_ = out;
  scope_.swap(inner);
  return make_text(std::move(text), allowance_);
}

Value Renderer::range(const Arguments& arguments) {
  const auto given = bound(arguments, {"start", "stop", "step"}, "range()");
  require(given[0], "range() needs a number");
  const bool two = given[1] != nullptr;
  const int64_t start = two ? integer_of(*given[0], "the start of a range") : 0;
  const int64_t stop = integer_of(two ? *given[1] : *given[0], "the end of a range");
  const int64_t step = given[2] ? integer_of(*given[2], "the step of a range") : 1;
  require(step != 0, "the step of a range is 0");
  constexpr int64_t kMost = 100000;  // as jinja2's sandbox
  std::vector<Value> items;
  for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
    items.push_back({i});
    require(items.size() <= kMost, "a range has more than {} numbers", kMost);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return make_sequence(SequenceKind::range, std::move(items), allowance_);
}

Value Renderer::call_function(Function function, const Arguments& arguments) {
  switch (function) {
    case Function::range:
      return range(arguments);
    case Function::raise_exception: {
      const auto given = bound(arguments, {"message"}, "raise_exception()");
      user_error("the template refuses this conversation: {}",
                 given[0] ? printed(*given[0], allowance_) : "");
    }
    case Function::strftime_now: {
      const auto given = bound(arguments, {"format"}, "strftime_now()");
      require(given[0], "strftime_now() needs a format");
      const std::string format = text_of(*given[0], "the format of strftime_now()") + " ";
      require(format.size() <= 1000, "the format of strftime_now() is too long");
      std::tm parts{};
      localtime_r(&now_, &parts);
      std::string text(1 << 16, '\0');
      const size_t bytes = std::strftime(text.data(), text.size(), format.c_str(), &parts);
      require(bytes > 0, "strftime_now(): the text is too long");
      return make_text(text.substr(0, bytes - 1), allowance_);
    }
    case Function::dict:
    case Function::name_space:
      break;
  }
  auto dict = std::make_shared<Dict>();
  require(arguments.positional.size() <= 1, "dict() and namespace() take at most one dict");
  if (!arguments.positional.empty()) {
    const Dict* given = defined(arguments.positional[0]).dict();
    require(given, "dict() and namespace() take a dict, not a value of type {}",
            type_name(arguments.positional[0]));
    for (const auto& [key, value] : given->entries()) dict->set(key, value, allowance_);
  }
  for (const auto& [name, value] : arguments.named)
    dict->set(make_text(name, allowance_), value, allowance_);
  if (function == Function::dict) return make_dict(std::move(dict));
  allowance_.memory(sizeof(Namespace));
  Namespace& made = namespaces_.emplace_back();
  for (const auto& [key, value] : dict->entries()) {
    const std::string& name = text_of(key, "a name in a namespace");
    require(!name.starts_with('_'), "a namespace holds no names that begin with _");
    made.members.insert_or_assign(name, value);
  }
  return {&made};
}

}  // namespace tessera::chat
