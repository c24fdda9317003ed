// Every op under every legal layout on a 2 × 2 mesh: operands split along one or two indices of
// its rule, values and gradients made by four ranks in threads, against the same graph on one.
#include <cstring>

#include "framework/comm/threads.h"
#include "framework/passes/chunk.h"
#include "framework/passes/partition.h"
#include "framework/runtime/session.h"
#include "tests/host_device.h"
#include "tests/ops/compare.h"
#include "tests/ops/op_test.h"
#include "tests/ops/run_op.h"

namespace tessera {
namespace {

/// Tolerances for f64; casts sum in f32.
constexpr Tolerance kExact{1e-11, 1e-11}, kSingle{1e-6, 1e-6};

const Mesh& mesh() {
  static const Mesh mesh({{"dp", 2}, {"tp", 2}});
  return mesh;
}

using Layouts = std::map<std::string, Layout>;

/// The graph's outputs, made by four ranks that hold the inputs in these layouts.
Tensors run_split(const Graph& graph, const Tensors& inputs, const Layouts& layouts) {
  ShardWishes wishes;
  wishes.named = [&](const std::string& name) -> std::optional<Layout> {
    const auto found = layouts.find(name);
    return found == layouts.end() ? std::nullopt : std::optional(found->second);
  };
  Program program;
  program.add(chunk(partition(graph, mesh(), shard(graph, mesh(), wishes)), 3));
  program = expand_for(program, reference_profile().backend);
  const Graph& local = program.graphs()[0];
  Tensors results;
  run_threads(4, [&](World& world) {
    Session session(compile(program, reference_profile(), {mesh(), world.rank(), &world}),
                    host_device(reference_profile()));
    for (const Port& port : local.inputs()) {
      const Tensor& whole = inputs.at(port.name);
      const Shape& shape = whole.type().shape;
      const auto layout = layouts.find(port.name);
      const Box box = layout == layouts.end() ? Box::whole(shape)
                                              : box_of(shape, layout->second, mesh(), world.rank());
      session.fill<std::byte>(session.input(local.name(), port.name),
                              [&](std::span<std::byte> part) {
                                copy_box(box, Box::whole(shape), whole.bytes(), box, part.data(),
                                         size_of(whole.type().dtype));
                              });
    }
    session.run(local.name());
    if (world.rank() > 0) return;
    for (const Port& port : local.outputs()) {
      const DeviceTensor output = session.output(local.name(), port.name);
      const auto bytes = session.download<std::byte>(output);
      Tensor tensor(output.type);
      std::memcpy(tensor.bytes(), bytes.data(), bytes.size());
      results[port.name] = std::move(tensor);
    }
  });
  return results;
}

/// Layouts of the operands in0, in1, … that split index `i` over dp and `k` over tp (-1: none);
/// empty when sizes forbid it.
Layouts layouts_of(const IndexRule& rule, int i, int k) {
  const auto size = [&](int index) {
    return index < 0 ? int64_t{4} : rule.indices[static_cast<size_t>(index)].size;
  };
  if (size(i) % 2 != 0 || size(k) % 2 != 0 || (i == k && size(i) % 4 != 0)) return {};
  Layouts out;
  for (size_t operand = 0; operand < rule.inputs.size(); ++operand) {
    Layout layout;
    for (const auto& dim : rule.inputs[operand]) {
      layout.split.emplace_back();
      if (!dim.empty() && dim[0] == i) layout.split.back().push_back(0);
      if (!dim.empty() && dim[0] == k) layout.split.back().push_back(1);
    }
    out[fmt::format("in{}", operand)] = layout;
  }
  return out;
}

bool may_split(const OpDef& op, const IndexRule::Index& index) {
  using Kind = IndexRule::Kind;
  return index.kind == Kind::split || index.kind == Kind::sum ||
         (index.kind == Kind::local && op.localize);
}

class Layouts2x2 : public OpTest {};

TEST_P(Layouts2x2, GiveWhatOneRankGives) {
  const OpCases& op = GetParam();
  if (op.op == "head_loss_grad")
    return;  // made beside its loss alone: see head_loss, which has it as its gradient
  const OpDef& row = op_of(op.op);
  int tried = 0;
  for (size_t which = 0; which < op.cases.size(); ++which) {
    const Case& c = op.cases[which];
    if (c.large || c.in.empty() || c.attrs.has("whole") || c.attrs.has("origin")) continue;
    SCOPED_TRACE(describe(op, which, DType::f64));
    Drawn drawn = draw(op, which, DType::f64);
    const auto wrt = c.differentiable ? wrt_of(c, drawn.types) : std::vector<size_t>{};
    const Graph graph = wrt.empty() ? forward_graph(row, drawn.types, c.attrs)
                                    : gradient_graph(row, drawn.types, c.attrs, wrt, c.loss_of);
    draw_cotangents(graph, op.op, drawn.inputs);
    const Tensors want = evaluate(graph, drawn.inputs, reference_profile());
    const IndexRule rule = row.rule(drawn.types, row.infer(drawn.types, c.attrs), c.attrs);
    const int n = static_cast<int>(rule.indices.size());
    for (int i = -1; i < n; ++i)
      for (int k = -1; k < n; ++k) {
        if (i < 0 && k < 0) continue;
        if (i >= 0 && !may_split(row, rule.indices[static_cast<size_t>(i)])) continue;
        if (k >= 0 && !may_split(row, rule.indices[static_cast<size_t>(k)])) continue;
        if (i == k && row.reduces_parts) continue;  // its parts are exchanged along one axis
        const Layouts layouts = layouts_of(rule, i, k);
        if (layouts.empty()) continue;
        const auto name = [&](int index) {
          return index < 0 ? "none" : rule.indices[static_cast<size_t>(index)].name;
        };
        SCOPED_TRACE(
            fmt::format("dp splits {}, tp splits {} of {}", name(i), name(k), to_string(rule)));
        ++tried;
        const Tensors got = run_split(graph, drawn.inputs, layouts);
        expect_close(got, want, (row.name == "cast" ? kSingle : kExact) * c.tolerance, "");
        if (HasFailure()) return;
      }
  }
  RecordProperty("layouts", tried);
}

TESSERA_FOR_EACH_OP(Layouts2x2);

}  // namespace
}  // namespace tessera
