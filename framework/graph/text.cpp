#include "framework/graph/text.h"

#include <charconv>

#include "framework/core/random.h"
#include "framework/graph/op_def.h"

namespace tessera {
namespace {

std::string declare(const Graph& graph, ValueId id) {
  if (id < 0 || static_cast<size_t>(id) >= graph.values().size())
    return fmt::format("%{} (no value)", id);  // the verifier prints broken nodes too
  const ValueInfo& v = graph.value(id);
  std::string out = fmt::format("%{} \"{}\" {}", id, v.name, to_string(v.type));
  if (v.cotangent.primal >= 0)
    out += fmt::format(" {} %{}", v.cotangent.total ? "total" : "part", v.cotangent.primal);
  return out;
}

class Reader {
 public:
  Reader(std::string_view line, int number) : line_(line), number_(number) {}

  [[noreturn]] void fail(std::string_view what) const {
    user_error("graph text, line {}: {} at column {}: {}", number_, what, at_ + 1, line_);
  }
  bool done() {
    skip();
    return at_ >= line_.size();
  }
  bool eat(std::string_view token) {
    skip();
    if (line_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!eat(token)) fail(fmt::format("expected '{}'", token));
  }
  std::string word() {
    skip();
    const size_t from = at_;
    while (at_ < line_.size() &&
           (std::isalnum(static_cast<unsigned char>(line_[at_])) || line_[at_] == '_'))
      ++at_;
    if (from == at_) fail("expected a word");
    return std::string(line_.substr(from, at_ - from));
  }
  std::string quoted() {
    expect("\"");
    const size_t end = line_.find('"', at_);
    if (end == std::string_view::npos) fail("unfinished name");
    std::string out(line_.substr(at_, end - at_));
    at_ = end + 1;
    return out;
  }
  bool at_quote() {
    skip();
    return at_ < line_.size() && line_[at_] == '"';
  }
  int64_t integer() {
    skip();
    int64_t v = 0;
    auto [end, error] = std::from_chars(line_.data() + at_, line_.data() + line_.size(), v);
    if (error != std::errc()) fail("expected an integer");
    at_ = static_cast<size_t>(end - line_.data());
    return v;
  }
  ValueId value() {
    expect("%");
    return static_cast<ValueId>(integer());
  }
  TensorType type() {
    TensorType t;
    t.dtype = parse_dtype(word());
    expect("[");
    while (!eat("]")) {
      if (!t.shape.empty()) expect(",");
      t.shape.push_back(integer());
    }
    return t;
  }
  Attrs attrs() { return parse_attrs(line_, at_); }

 private:
  void skip() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }
  std::string_view line_;
  int number_;
  size_t at_ = 0;
};

struct Declaration {
  ValueId id;
  std::string name;
  TensorType type;
  CotangentOf cotangent;
};

Declaration parse_declaration(Reader& in) {
  Declaration d{in.value(), in.quoted(), in.type(), {}};
  if (in.eat("total ")) d.cotangent = {in.value(), true};
  if (in.eat("part ")) d.cotangent = {in.value(), false};
  return d;
}

/// A mark that is set when all values are there, since a pass may put a cotangent before its
/// primal.
struct Mark {
  ValueId value;
  CotangentOf cotangent;
  Reader in;
};

void parse_line(Graph& graph, Reader& in, std::vector<Mark>& marks) {
  std::vector<Declaration> results{parse_declaration(in)};
  while (in.eat(",")) results.push_back(parse_declaration(in));
  in.expect("=");
  const std::string op_name = in.word();
  std::vector<Value> made;
  if (op_name == "data" || op_name == "state") {
    if (results.size() != 1) in.fail("an input is one value");
    const std::string port = in.at_quote() ? in.quoted() : results[0].name;
    if (graph.find_input(port)) in.fail(fmt::format("an input '{}' is there already", port));
    made = {graph.add_input(port, results[0].type,
                            op_name == "data" ? PortKind::data : PortKind::state)};
  } else {
    const OpDef* op = find_op(op_name);
    if (op == nullptr) in.fail(fmt::format("unknown op '{}'", op_name));
    std::vector<Value> operands;
    in.expect("(");
    while (!in.eat(")")) {
      if (!operands.empty()) in.expect(",");
      const ValueId id = in.value();
      if (id < 0 || static_cast<size_t>(id) >= graph.values().size())
        in.fail("a value is used before it is made");
      operands.push_back(graph.handle(id));
    }
    made = graph.add(*op, operands, in.attrs(), results[0].name);
  }
  if (made.size() != results.size()) in.fail("the number of results is wrong");
  for (size_t i = 0; i < made.size(); ++i) {
    const Declaration& d = results[i];
    if (made[i].id() != d.id) in.fail("value numbers must run in order");
    if (made[i].type() != d.type) in.fail(fmt::format("the type is {}", to_string(made[i].type())));
    if (made[i].name() != d.name) graph.rename_value(made[i], d.name);
    if (made[i].name() != d.name) in.fail(fmt::format("the name '{}' is taken", d.name));
    if (d.cotangent.primal >= 0) marks.push_back({d.id, d.cotangent, in});
  }
}

}  // namespace

std::string to_string(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  std::string out;
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (i > 0) out += ", ";
    out += declare(graph, node.outputs[i]);
  }
  out += fmt::format(" = {}(", node.op->name);
  for (size_t i = 0; i < node.inputs.size(); ++i)
    out += fmt::format("{}%{}", i ? ", " : "", node.inputs[i]);
  out += ")";
  if (!node.attrs.empty()) out += " " + to_string(node.attrs);
  return out;
}

std::string to_string(const Graph& graph) {
  // Values are numbered in the order in which they are made, so inputs and nodes are merged by
  // number.
  std::string out = fmt::format("graph \"{}\"\n", graph.name());
  size_t next_input = 0;
  for (ValueId v = 0; static_cast<size_t>(v) < graph.values().size();) {
    const NodeId node = graph.value(v).node;
    if (node < 0) {
      const Port& port = graph.inputs()[next_input++];
      out +=
          fmt::format("{} = {}", declare(graph, v), port.kind == PortKind::data ? "data" : "state");
      if (port.name != graph.value(v).name) out += fmt::format(" \"{}\"", port.name);
      out += "\n";
      ++v;
    } else {
      out += to_string(graph, node) + "\n";
      v += static_cast<ValueId>(graph.node(node).outputs.size());
    }
  }
  for (const Port& port : graph.outputs())
    out += fmt::format("{} \"{}\" %{}\n", port.kind == PortKind::data ? "out" : "store", port.name,
                       port.value);
  return out;
}

namespace {

void parse_any_line(Graph& graph, Reader& in, bool first, std::vector<Mark>& marks) {
  if (in.done()) return;
  if (first) {
    in.expect("graph");
    graph.rename(in.quoted());
    return;
  }
  const bool out = in.eat("out "), store = !out && in.eat("store ");
  if (out || store) {
    std::string name = in.quoted();
    const ValueId id = in.value();
    if (id < 0 || static_cast<size_t>(id) >= graph.values().size()) in.fail("unknown value");
    if (graph.find_output(name)) in.fail("an output of that name is there already");
    graph.add_output(std::move(name), graph.handle(id), out ? PortKind::data : PortKind::state);
  } else {
    parse_line(graph, in, marks);
  }
  if (!in.done()) in.fail("left over text");
}

}  // namespace

Graph parse_graph(std::string_view text) {
  Graph graph;
  int number = 0;
  std::vector<Mark> marks;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    Reader in(text.substr(begin, end - begin), ++number);
    begin = end + 1;
    try {
      parse_any_line(graph, in, number == 1, marks);
    } catch (const UserError& error) {
      if (std::string_view(error.what()).starts_with("graph text")) throw;
      in.fail(error.what());  // an error in a type, an attribute or an op
    }
  }
  for (const auto& [value, cotangent, in] : marks) {
    if (static_cast<size_t>(cotangent.primal) >= graph.values().size()) in.fail("unknown primal");
    graph.mark_cotangent(graph.handle(value), graph.handle(cotangent.primal), cotangent.total);
  }
  return graph;
}

uint64_t hash(const Graph& graph) { return stable_hash(to_string(graph)); }

}  // namespace tessera
