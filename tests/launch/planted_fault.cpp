#include "tests/launch/planted_fault.h"

#include <cstring>
#include <memory>

#include "framework/core/error.h"
#include "framework/device/cpu/memory.h"
#include "framework/graph/op_def.h"

namespace tessera {
namespace {

using Bytes = std::vector<std::byte>;
/// What is done to the results of a collective, from what went into it.
using Damage = std::function<void(const std::vector<Bytes>& in, const KernelArgs& out)>;

struct Wanted {
  std::string kind;
  int n = 0;
};

Wanted wanted(const std::string& text) {
  Wanted out{text};
  if (const size_t colon = text.find(':'); colon != std::string::npos) {
    out.n = std::stoi(text.substr(colon + 1));
    out.kind.resize(colon);
  }
  const std::string& kind = out.kind;
  check(kind == "swap_heads" || kind == "drop_all_reduce" || kind == "wrong_scale" ||
            kind == "stale_bucket" || kind == "drop_gather",
        "there is no fault '{}'", text);
  return out;
}

/// The node that starts a collective and the one with its results.
struct FoundCollective {
  NodeId begin, end;
};

std::vector<FoundCollective> exchanges(const Graph& graph) {
  std::vector<FoundCollective> out;
  for (NodeId id = 0; id < static_cast<NodeId>(graph.nodes().size()); ++id) {
    const Node& node = graph.node(id);
    if (!node.op->collective) continue;
    if (node.op->name != "wait") {
      out.push_back({id, id});
      continue;
    }
    for (FoundCollective& known : out)
      if (graph.node(known.begin).attrs.has("ticket") &&
          graph.node(known.begin).attrs.integer("ticket") == node.attrs.integer("ticket"))
        known.end = id;
  }
  return out;
}

bool brings_gradients(const Graph& graph, const FoundCollective& exchange) {
  for (ValueId v : graph.node(exchange.end).outputs) {
    const CotangentOf& of = graph.value(v).cotangent;
    if (of.total && of.primal >= 0 && graph.value(of.primal).node < 0) return true;
  }
  return false;
}

std::vector<size_t> sizes(const Graph& graph, const ValueIds& ids) {
  std::vector<size_t> out;
  for (ValueId v : ids) out.push_back(graph.value(v).type.bytes());
  return out;
}

/// Puts `damage` behind the kernels of an exchange.
void wrap(const Graph& graph, const FoundCollective& at, const Damage& damage,
          std::vector<Kernel>& kernels) {
  const auto given = std::make_shared<std::vector<Bytes>>();
  const auto begin = [given, in = sizes(graph, graph.node(at.begin).inputs)](const KernelArgs& a) {
    given->clear();
    for (size_t i = 0; i < in.size(); ++i)
      given->emplace_back(a.input<std::byte>(i), a.input<std::byte>(i) + in[i]);
  };
  const auto end = [given, damage](const KernelArgs& a) { damage(*given, a); };
  Kernel& first = kernels[static_cast<size_t>(at.begin)];
  first.run = [begin, run = first.run](const KernelArgs& a) {
    begin(a);
    run(a);
  };
  Kernel& last = kernels[static_cast<size_t>(at.end)];
  last.run = [end, run = last.run](const KernelArgs& a) {
    run(a);
    end(a);
  };
}

/// Puts a rank's own part in place of everyone's, as often as it fits.
Damage own_part(const Graph& graph, const FoundCollective& at) {
  return [out = sizes(graph, graph.node(at.end).outputs)](const std::vector<Bytes>& in,
                                                          const KernelArgs& args) {
    for (size_t i = 0; i < out.size(); ++i)
      for (size_t to = 0; to < out[i]; to += in[i].size())
        std::memcpy(args.output<std::byte>(i) + to, in[i].data(), in[i].size());
  };
}

Damage divided(const Graph& graph, const FoundCollective& at) {
  std::vector<TensorType> types;
  for (ValueId v : graph.node(at.end).outputs) types.push_back(graph.value(v).type);
  const auto ranks = static_cast<float>(graph.node(at.begin).attrs.integer("ranks"));
  return [types, ranks](const std::vector<Bytes>&, const KernelArgs& args) {
    for (size_t i = 0; i < types.size(); ++i)
      dispatch_float(types[i].dtype, "a planted fault", [&](auto tag) {
        using T = typename decltype(tag)::type;
        for (int64_t k = 0; k < types[i].numel(); ++k) {
          T& x = args.output<T>(i)[k];
          x = T(static_cast<float>(x) / ranks);
        }
      });
  };
}

Damage stale(const Graph& graph, const FoundCollective& at) {
  const auto before = std::make_shared<std::vector<Bytes>>();
  return [before, out = sizes(graph, graph.node(at.end).outputs)](const std::vector<Bytes>&,
                                                                  const KernelArgs& args) {
    std::vector<Bytes> now;
    for (size_t i = 0; i < out.size(); ++i)
      now.emplace_back(args.output<std::byte>(i), args.output<std::byte>(i) + out[i]);
    for (size_t i = 0; i < before->size(); ++i)
      std::memcpy(args.output<std::byte>(i), (*before)[i].data(), out[i]);
    *before = std::move(now);
  };
}

/// The operand of a node that is a query weight, or a view or a gathered copy of one; -1: none.
int query_weight(const Graph& graph, const Node& node) {
  if (node.op->name != "linear") return -1;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    ValueId v = node.inputs[i];
    while (graph.value(v).node >= 0 && graph.node(graph.value(v).node).inputs.size() == 1)
      v = graph.node(graph.value(v).node).inputs[0];
    if (graph.value(v).node < 0 && graph.value(v).name.str().find(".q.weight") != std::string::npos)
      return static_cast<int>(i);
  }
  return -1;
}

void swap_heads(const Graph& graph, int n, std::vector<Kernel>& kernels) {
  for (size_t id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.nodes()[id];
    const int operand = query_weight(graph, node);
    if (operand < 0 || n-- > 0) continue;
    const auto at = static_cast<size_t>(operand);
    const size_t bytes = graph.value(node.inputs[at]).type.bytes(), count = node.inputs.size();
    const auto swapped = std::make_shared<HostBuffer>(bytes);
    kernels[id].run = [=, run = kernels[id].run](const KernelArgs& args) {
      std::memcpy(swapped->data(), args.input<std::byte>(at) + bytes / 2, bytes / 2);
      std::memcpy(swapped->data() + bytes / 2, args.input<std::byte>(at), bytes / 2);
      std::vector<void*> in(args.in, args.in + count);
      in[at] = swapped->data();
      run({in.data(), args.out, args.scratch, args.stream});
    };
    return;
  }
}

void plant(const Wanted& fault, const Graph& graph, const MeshPlace& place,
           std::vector<Kernel>& kernels) {
  if (!place.world || place.mesh.size() == 1) return;
  const std::string& kind = fault.kind;
  if (kind == "swap_heads") {
    if (place.rank + 1 == place.mesh.size()) swap_heads(graph, fault.n, kernels);
    return;
  }
  const std::string_view op = kind == "drop_gather" ? "all_gather" : "all_reduce";
  int n = fault.n;
  for (const FoundCollective& at : exchanges(graph)) {
    const bool fits =
        kind == "stale_bucket" ? brings_gradients(graph, at) : graph.node(at.begin).op->name == op;
    if (!fits || n-- > 0) continue;
    wrap(graph, at,
         kind == "wrong_scale"    ? divided(graph, at)
         : kind == "stale_bucket" ? stale(graph, at)
                                  : own_part(graph, at),
         kernels);
    return;
  }
}

}  // namespace

CompileOptions with_fault(const std::string& text) {
  return {[fault = wanted(text)](const Graph& graph, const MeshPlace& place,
                                 std::vector<Kernel>& kernels) {
    plant(fault, graph, place, kernels);
  }};
}

}  // namespace tessera
