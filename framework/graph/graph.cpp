#include "framework/graph/graph.h"

#include "framework/core/error_context.h"
#include "framework/graph/op_def.h"

namespace tessera {

const ValueInfo& Value::info() const { return graph_->value(id_); }

int64_t Value::dim(int64_t i) const {
  const int64_t at = i < 0 ? i + rank() : i;
  require(at >= 0 && at < rank(), "'{}' of type {} has no dim {}", name(), to_string(type()), i);
  return shape()[static_cast<size_t>(at)];
}

std::string Graph::unique_name(std::string_view path) {
  std::string name(path);
  check(name.find_first_of("\"\n") == std::string::npos,
        "'{}' is no name: a quote or a new line in it", name);
  const auto [known, is_new] = names_.emplace(name, 1);
  if (is_new) return name;
  while (true) {
    std::string next = fmt::format("{}#{}", path, known->second++);
    if (!has_name(next)) {
      names_.emplace(next, 1);
      return next;
    }
  }
}

Value Graph::add_input(std::string name, TensorType type, PortKind kind) {
  check(find_input(name) == nullptr, "graph '{}' has an input '{}' already", name_, name);
  for (int64_t dim : type.shape)
    if (dim <= 0) user_error("input '{}' of graph '{}' is empty: {}", name, name_, to_string(type));
  const auto id = static_cast<ValueId>(values_.size());
  values_.push_back({std::move(type), -1, 0, unique_name(name), {}});
  input_index_.emplace(name, inputs_.size());
  inputs_.push_back({std::move(name), id, kind});
  return {this, id};
}

void Graph::add_output(std::string name, Value value, PortKind kind) {
  check(find_output(name) == nullptr, "graph '{}' has an output '{}' already", name_, name);
  check(value && &value.graph() == this, "graph '{}': output '{}' is no value of this graph", name_,
        name);
  output_index_.emplace(name, outputs_.size());
  outputs_.push_back({std::move(name), value.id(), kind});
}

std::string Graph::path_of(const OpDef& op, std::span<const Value> inputs,
                           std::string_view name) const {
  std::string scope;
  for (const auto& part : scope_) scope += part + ".";
  const bool shows = op.shows != Shows::nothing && inputs.size() == 1 && inputs[0];
  if (!name.empty() || !shows) return fmt::format("{}{}", scope, name.empty() ? op.name : name);
  // When the scope ends with the beginning of the operand's path, the two are joined there.
  const std::string& shown = inputs[0].name();
  size_t at = 0;
  while (at < scope.size() && !shown.starts_with(std::string_view(scope).substr(at)))
    at = scope.find('.', at) + 1;
  return fmt::format("{}{}.{}", at < scope.size() ? scope.substr(0, at) : "", shown, op.name);
}

std::vector<Value> Graph::add(const OpDef& op, std::span<const Value> inputs, Attrs attrs,
                              std::string_view name) {
  const std::string path = path_of(op, inputs, name);

  Node node{&op, {}, {}, std::move(attrs), where_};
  std::vector<TensorType> types;
  for (const Value& v : inputs) {
    check(v && &v.graph() == this, "'{}' ({}): an operand is missing or of another graph", path,
          op.name);
    node.inputs.push_back(v.id());
    types.push_back(v.type());
  }
  std::vector<TensorType> results;
  const auto infer = [&] {
    results = op.infer(types, node.attrs);
    for (const TensorType& t : results)
      for (int64_t dim : t.shape)
        if (dim <= 0) user_error("the result {} is empty", to_string(t));
  };
  in_context(infer, [&](const char* error) {
    const std::string place = where_.empty() ? "" : " built at " + where_;
    std::string operands;
    for (const Value& v : inputs)
      operands +=
          fmt::format("{}'{}' {}", operands.empty() ? "" : ", ", v.name(), to_string(v.type()));
    return fmt::format("'{}'{}: {}({}){}: {}", path, place, op.name, operands,
                       to_string(node.attrs), error);
  });
  check(!results.empty(), "'{}': {} has no result", path, op.name);
  const auto id = static_cast<NodeId>(nodes_.size());
  std::vector<Value> out;
  for (size_t i = 0; i < results.size(); ++i) {
    const auto value = static_cast<ValueId>(values_.size());
    values_.push_back({std::move(results[i]),
                       id,
                       static_cast<int32_t>(i),
                       unique_name(i == 0 ? path : fmt::format("{}:{}", path, i)),
                       {}});
    node.outputs.push_back(value);
    out.emplace_back(this, value);
  }
  nodes_.push_back(std::move(node));
  return out;
}

Value Graph::add1(const OpDef& op, std::initializer_list<Value> inputs, Attrs attrs,
                  std::string_view name) {
  auto out = add(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), name);
  check(out.size() == 1, "{} has {} results where one is expected", op.name, out.size());
  return out[0];
}

const Port* Graph::find_input(std::string_view name) const {
  const auto found = input_index_.find(name);
  return found == input_index_.end() ? nullptr : &inputs_[found->second];
}

const Port* Graph::find_output(std::string_view name) const {
  const auto found = output_index_.find(name);
  return found == output_index_.end() ? nullptr : &outputs_[found->second];
}

namespace {

std::string names_of(const std::vector<Port>& ports) {
  std::string out;
  for (const Port& port : ports) out += (out.empty() ? "" : ", ") + port.name;
  return out;
}

}  // namespace

Value Graph::input(std::string_view name) {
  const Port* port = find_input(name);
  if (!port)
    internal_error("graph '{}' has no input '{}', only: {}", name_, name, names_of(inputs_));
  return {this, port->value};
}

const Port& Graph::output(std::string_view name) const {
  const Port* port = find_output(name);
  if (!port)
    internal_error("graph '{}' has no output '{}', only: {}", name_, name, names_of(outputs_));
  return *port;
}

void Graph::mark_cotangent(Value value, Value primal, bool total) {
  check(value && primal && &value.graph() == this && &primal.graph() == this,
        "graph '{}': a cotangent or its primal is missing or of another graph", name_);
  values_[static_cast<size_t>(value.id())].cotangent = {primal.id(), total};
}

void Graph::rename_value(Value value, std::string_view path) {
  std::string& name = values_[static_cast<size_t>(value.id())].name;
  if (name == path) return;
  names_.erase(name);
  name = unique_name(path);
}

Scope::Scope(Graph& graph, std::string_view name, std::source_location location)
    : graph_(graph), outer_where_(graph.where_) {
  graph_.scope_.emplace_back(name);
  std::string_view file = location.file_name();
  if (const size_t at = file.find("/models/"); at != std::string_view::npos)
    file.remove_prefix(at + 1);
  if (const size_t at = file.rfind("/framework/"); at != std::string_view::npos)
    file.remove_prefix(at + 1);
  graph_.where_ = fmt::format("{}:{}", file, location.line());
}

Scope::Scope(Graph& graph, std::string_view name, NamesOnly)
    : graph_(graph), outer_where_(graph.where_) {
  graph_.scope_.emplace_back(name);
}

Scope::~Scope() {
  graph_.scope_.pop_back();
  graph_.where_ = outer_where_;
}

}  // namespace tessera
