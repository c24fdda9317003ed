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

const Graph::Content& Graph::no_content() {
  static const Content empty;
  return empty;
}

Graph::Content& Graph::own() {
  if (!content_)
    content_ = std::make_shared<Content>();
  else if (content_.use_count() > 1)
    content_ = std::make_shared<Content>(*content_);
  else  // counting once more makes what others read in copies that are gone come before a change
    std::shared_ptr<Content>(content_).reset();
  return *content_;
}

namespace {

SharedText checked_name(std::string path) {
  check(path.find('"') == std::string::npos && path.find('\n') == std::string::npos,
        "'{}' is no name: a quote or a new line in it", path);
  return SharedText(std::move(path));
}

}  // namespace

/// Gives a value that has no name this one, made unique.
void Graph::name_value(ValueId id, SharedText path) {
  Content& c = own();
  if (NameIndex::Slot* known = c.names.find(c.values, path, path.hash())) {
    SharedText next;
    do {
      next = SharedText(fmt::format("{}#{}", path, known->namesakes++));
    } while (c.names.has(c.values, next));
    path = std::move(next);
  }
  c.names.insert(path.hash(), id);
  c.values[static_cast<size_t>(id)].name = std::move(path);
}

ValueId Graph::append(ValueInfo info, SharedText path) {
  Content& c = own();
  const auto id = static_cast<ValueId>(c.values.size());
  c.values.push_back(std::move(info));
  name_value(id, std::move(path));
  return id;
}

bool Graph::has_name(std::string_view path) const {
  const Content& c = content();
  return c.names.find(c.values, path, SharedText::hash_of(path)) != nullptr;
}

bool Graph::has_name(const SharedText& path) const { return content().names.has(values(), path); }

Value Graph::add_input(std::string name, TensorType type, PortKind kind) {
  return add_input(checked_name(std::move(name)), std::move(type), kind);
}

Value Graph::add_input(SharedText name, TensorType type, PortKind kind) {
  Content& c = own();
  check(!c.input_names.has(c.inputs, name), "graph '{}' has an input '{}' already", name_, name);
  for (int64_t dim : type.shape)
    if (dim <= 0) user_error("input '{}' of graph '{}' is empty: {}", name, name_, type);
  const ValueId id = append({std::move(type), -1, 0, {}, {}}, name);
  c.input_names.insert(name.hash(), static_cast<int32_t>(c.inputs.size()));
  c.inputs.push_back({std::move(name), id, kind});
  return {this, id};
}

void Graph::add_output(std::string name, Value value, PortKind kind) {
  add_output(SharedText(std::move(name)), value, kind);
}

void Graph::add_output(SharedText name, Value value, PortKind kind) {
  Content& c = own();
  check(!c.output_names.has(c.outputs, name), "graph '{}' has an output '{}' already", name_, name);
  check(value && &value.graph() == this, "graph '{}': output '{}' is no value of this graph", name_,
        name);
  c.output_names.insert(name.hash(), static_cast<int32_t>(c.outputs.size()));
  c.outputs.push_back({std::move(name), value.id(), kind});
}

std::string Graph::path_of(const OpDef& op, std::span<const Value> inputs,
                           std::string_view name) const {
  const bool shows = op.shows != Shows::nothing && inputs.size() == 1 && inputs[0];
  if (!name.empty() || !shows) return scope_ + std::string(name.empty() ? op.name : name);
  // When the scope ends with the beginning of the operand's path, the two are joined there.
  const std::string& shown = inputs[0].name();
  size_t at = 0;
  while (at < scope_.size() && !shown.starts_with(std::string_view(scope_).substr(at)))
    at = scope_.find('.', at) + 1;
  return fmt::format("{}{}.{}", at < scope_.size() ? scope_.substr(0, at) : "", shown, op.name);
}

std::vector<Value> Graph::add(const OpDef& op, std::span<const Value> inputs, Attrs attrs,
                              std::string_view name) {
  const std::string path = path_of(op, inputs, name);

  Node node{&op, {}, {}, std::move(attrs), where_};
  node.inputs.reserve(inputs.size());
  for (const Value& v : inputs) {
    check(v && &v.graph() == this, "'{}' ({}): an operand is missing or of another graph", path,
          op.name);
    node.inputs.push_back(v.id());
  }
  std::vector<TensorType> results;
  const auto infer = [&] {
    results = op.infer({*this, node.inputs}, node.attrs);
    for (const TensorType& t : results)
      for (int64_t dim : t.shape)
        if (dim <= 0) user_error("the result {} is empty", t);
  };
  in_context(infer, [&](const char* error) {
    const std::string place = where_.empty() ? "" : " built at " + where_;
    std::string operands;
    for (const Value& v : inputs)
      operands += fmt::format("{}'{}' {}", operands.empty() ? "" : ", ", v.name(), v.type());
    return fmt::format("'{}'{}: {}({}){}: {}", path, place, op.name, operands,
                       to_string(node.attrs), error);
  });
  check(!results.empty(), "'{}': {} has no result", path, op.name);
  Content& c = own();
  const auto id = static_cast<NodeId>(c.nodes.size());
  std::vector<Value> out;
  for (size_t i = 0; i < results.size(); ++i) {
    const ValueId value = append({std::move(results[i]), id, static_cast<int32_t>(i), {}, {}},
                                 checked_name(i == 0 ? path : fmt::format("{}:{}", path, i)));
    node.outputs.push_back(value);
    out.emplace_back(this, value);
  }
  c.nodes.push_back(std::move(node));
  return out;
}

Value Graph::add1(const OpDef& op, std::initializer_list<Value> inputs, Attrs attrs,
                  std::string_view name) {
  auto out = add(op, std::span(inputs.begin(), inputs.size()), std::move(attrs), name);
  check(out.size() == 1, "{} has {} results where one is expected", op.name, out.size());
  return out[0];
}

ValueId Graph::add_copy(const Graph& source, const Node& node, std::span<const ValueId> inputs) {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (value(inputs[i]).type != source.value(node.inputs[i]).type) return -1;
  for (ValueId v : node.outputs)
    if (has_name(source.value(v).name)) return -1;
  Content& c = own();
  const auto id = static_cast<NodeId>(c.nodes.size());
  const auto first = static_cast<ValueId>(c.values.size());
  Node copy{node.op, inputs, {}, node.attrs, node.where};
  copy.outputs.reserve(node.outputs.size());
  for (ValueId v : node.outputs) {
    const ValueInfo& old = source.value(v);
    copy.outputs.push_back(append({old.type, id, old.result, {}, {}}, old.name));
  }
  c.nodes.push_back(std::move(copy));
  return first;
}

void Graph::reserve_as(const Graph& other) {
  Content& c = own();
  c.nodes.reserve(other.nodes().size());
  c.inputs.reserve(other.inputs().size());
  c.outputs.reserve(other.outputs().size());
  c.names.reserve(other.values().size());
  c.input_names.reserve(other.inputs().size());
  c.output_names.reserve(other.outputs().size());
}

const Port* Graph::find_input(std::string_view name) const {
  const Content& c = content();
  const auto* found = c.input_names.find(c.inputs, name, SharedText::hash_of(name));
  return found ? &c.inputs[static_cast<size_t>(found->at)] : nullptr;
}

const Port* Graph::find_output(std::string_view name) const {
  const Content& c = content();
  const auto* found = c.output_names.find(c.outputs, name, SharedText::hash_of(name));
  return found ? &c.outputs[static_cast<size_t>(found->at)] : nullptr;
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
    internal_error("graph '{}' has no input '{}', only: {}", name_, name, names_of(inputs()));
  return {this, port->value};
}

const Port& Graph::output(std::string_view name) const {
  const Port* port = find_output(name);
  if (!port)
    internal_error("graph '{}' has no output '{}', only: {}", name_, name, names_of(outputs()));
  return *port;
}

void Graph::mark_cotangent(Value value, Value primal, bool total) {
  check(value && primal && &value.graph() == this && &primal.graph() == this,
        "graph '{}': a cotangent or its primal is missing or of another graph", name_);
  own().values[static_cast<size_t>(value.id())].cotangent = {primal.id(), total};
}

void Graph::rename_value(Value value, std::string_view path) {
  rename_value(value, checked_name(std::string(path)));
}

void Graph::rename_value(Value value, const SharedText& path) {
  Content& c = own();
  SharedText& name = c.values[static_cast<size_t>(value.id())].name;
  if (name == path) return;
  c.names.erase(name.hash(), value.id());
  name = {};
  name_value(value.id(), path);
}

Scope::Scope(Graph& graph, std::string_view name, std::source_location location)
    : Scope(graph, name, NamesOnly{}) {
  std::string_view file = location.file_name();
  if (const size_t at = file.find("/models/"); at != std::string_view::npos)
    file.remove_prefix(at + 1);
  if (const size_t at = file.rfind("/framework/"); at != std::string_view::npos)
    file.remove_prefix(at + 1);
  graph_.where_ = SharedText(fmt::format("{}:{}", file, location.line()));
}

Scope::Scope(Graph& graph, std::string_view name, NamesOnly)
    : graph_(graph), outer_scope_(graph.scope_.size()), outer_where_(graph.where_) {
  graph_.scope_.append(name).append(".");
}

Scope::~Scope() {
  graph_.scope_.resize(outer_scope_);
  graph_.where_ = outer_where_;
}

}  // namespace tessera
