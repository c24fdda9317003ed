#include <algorithm>
#include <chrono>
#include <set>

#include "framework/assembly/device.h"
#include "framework/config/nearest.h"
#include "framework/config/parse.h"
#include "framework/core/random.h"
#include "framework/ops/ops.h"
#include "framework/runtime/session.h"
#include "launch/bench_modes.h"
#include "models/model.h"

namespace tessera {
namespace {

/// An op as the command line gives it: `op(f32[2,3], i32[]) {attributes}`.
struct OpText {
  const OpDef* op = nullptr;
  std::vector<TensorType> operands;
  Attrs attrs;
};

TensorType parse_type(std::string_view text) {
  const size_t open = text.find('[');
  require(open != std::string_view::npos && text.back() == ']',
          "bench op: '{}' is no type; write f32[4,8]", text);
  TensorType type{parse_dtype(text.substr(0, open)), {}};
  const std::string dims(text.substr(open + 1, text.size() - open - 2));
  for (size_t at = 0; at < dims.size();) {
    size_t used = 0;
    try {
      type.shape.push_back(std::stoll(dims.substr(at), &used));
    } catch (const std::exception&) {
      user_error("bench op: '{}' is no type; write f32[4,8]", text);
    }
    require(type.shape.back() > 0, "bench op: '{}' is empty", text);
    at += used + 1;
  }
  return type;
}

std::string meant_op(const std::string& name) {
  std::vector<std::string> known;
  for (const OpDef* op : ops::all()) known.emplace_back(op->name);
  const auto meant = nearest(name, known);
  return meant ? "; did you mean '" + *meant + "'?"
               : fmt::format("; there are: {}", fmt::join(known, ", "));
}

OpText parse_op(const std::string& text) {
  const size_t open = text.find('('), close = text.find(')', open);
  require(open != std::string::npos && close != std::string::npos,
          "bench op: write the op as 'layer_norm(f32[1024,768], f32[768], f32[768]) "
          "{{eps=1e-05}}', not '{}'",
          text);
  OpText out;
  const std::string name = text.substr(0, open);
  out.op = find_op(name);
  require(out.op != nullptr, "bench op: there is no op '{}'{}", name, meant_op(name));
  std::string operand;
  int depth = 0;
  const auto flush = [&] {
    operand.erase(std::remove(operand.begin(), operand.end(), ' '), operand.end());
    if (!operand.empty()) out.operands.push_back(parse_type(operand));
    operand.clear();
  };
  for (char c : text.substr(open + 1, close - open - 1)) {
    if (c == ',' && depth == 0) {
      flush();
      continue;
    }
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    operand += c;
  }
  flush();
  size_t at = close + 1;
  out.attrs = parse_attrs(text, at);
  const size_t rest = std::min(text.find_first_not_of(' ', at), text.size());
  require(rest == text.size(), "bench op: '{}' follows the attributes of '{}'; leave it out",
          text.substr(rest), text.substr(0, at));
  return out;
}

void fill_random(Session& session, const DeviceTensor& operand, uint64_t stream) {
  const Random random(1, fmt::format("operand {}", stream));
  dispatch(operand.type.dtype, "bench op", [&]<typename T>(Tag<T>) {
    session.fill<T>(operand, [&](std::span<T> data) {
      for (size_t i = 0; i < data.size(); ++i) {
        const float u = random.uniform(0, i);
        if constexpr (std::is_same_v<T, bfloat16>)
          data[i] = bfloat16(u);
        else
          data[i] = std::is_floating_point_v<T> ? static_cast<T>(u) : static_cast<T>(u < 0.5F);
      }
    });
  });
}

/// Adds the op that the user typed. An error in it, such as a missing attribute, becomes a
/// UserError, because the user must change it.
std::vector<Value> add_op(Graph& graph, const OpText& op, const std::vector<Value>& operands) {
  try {
    return graph.add(*op.op, operands, op.attrs);
  } catch (const InternalError& error) {
    user_error("bench op: {}", error.what());
  }
}

/// Throws UserError when nothing has asked for one of the op's attributes so far: that attribute
/// has no effect on the op.
void require_asked(const OpText& op, const std::set<std::string, std::less<>>& asked) {
  for (const auto& [name, value] : op.attrs) {
    if (asked.contains(name)) continue;
    const auto meant = nearest(name, {asked.begin(), asked.end()});
    user_error("bench op: '{}' has no effect on {}{}", name, op.op->name,
               meant           ? "; did you mean '" + *meant + "'?"
               : asked.empty() ? "; it has no attributes"
                               : fmt::format("; its attributes: {}", fmt::join(asked, ", ")));
  }
}

}  // namespace

nlohmann::json bench_op(const std::string& text, std::span<const std::string> sets, int64_t steps) {
  for (const std::string& set : sets)
    require(set.starts_with("device."),
            "bench op: --set {} plays no part, as one op is timed; only device.* does", set);
  // The device settings are read in the way of every run. The model in this config plays no part.
  const Config config =
      parse_config(shipped_models().kinds(), "model: {type: gpt, layers: 1, hidden: 64, heads: 1}",
                   "bench op", sets);
  const auto device = make_device(config.device);
  const OpText op = parse_op(text);
  Graph graph("op");
  Program program;
  std::vector<Value> operands;
  // The operands are states, so that donating ops can be timed too.
  for (size_t i = 0; i < op.operands.size(); ++i) {
    const std::string name = fmt::format("operand{}", i);
    operands.push_back(graph.add_input(name, op.operands[i], PortKind::state));
    program.declare({name, op.operands[i], StateKind::parameter});
  }
  const AskedAttrs asked;
  const auto results = add_op(graph, op, operands);
  std::vector<TensorType> out;
  for (const Value& v : results) out.push_back(v.type());
  std::vector<bool> donated(results.size(), false);
  if (op.op->alias)
    for (const Alias& alias : op.op->alias(op.operands, out, op.attrs))
      if (alias.kind == Alias::Kind::donate) {
        donated[static_cast<size_t>(alias.result)] = true;
        graph.add_output(fmt::format("operand{}", alias.input),
                         results[static_cast<size_t>(alias.result)], PortKind::state);
      }
  for (size_t i = 0; i < results.size(); ++i)
    if (!donated[i]) graph.add_output(fmt::format("result{}", i), results[i]);
  program.add(std::move(graph));
  Session session(compile(expand_for(program, device->kernels().backend), *device), device);
  require_asked(op, asked.names());
  for (size_t i = 0; i < op.operands.size(); ++i)
    fill_random(session, session.state(fmt::format("operand{}", i)), i);

  std::vector<double> seconds;
  for (int64_t i = 0; i < steps + 2; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    session.run("op");
    if (i >= 2)
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  double bytes = 0;
  for (const TensorType& t : op.operands) bytes += static_cast<double>(t.bytes());
  for (const TensorType& t : out) bytes += static_cast<double>(t.bytes());
  const double flops = op.op->flops ? op.op->flops(op.operands, out, op.attrs) : 0;
  const bool low = !op.operands.empty() && op.operands[0].dtype == DType::bf16;
  const DType ran = low ? device->product_type(DType::bf16) : DType::f32;
  const double bound = std::max(flops / (1e9 * device->matmul_gflops(ran)),
                                bytes / (1e9 * device->copy_gbytes_per_second()));
  fmt::print(
      "{}: {:.3f} ms (median of {}; best {:.3f}) · {:.1f} GFLOP/s · {:.1f} GB/s · {:.0f}% of the "
      "roofline\n",
      text, median * 1e3, steps, seconds[0] * 1e3, flops / median / 1e9, bytes / median / 1e9,
      100 * bound / median);
  return {{"op", text},
          {"seconds", median},
          {"flops", flops},
          {"bytes", bytes},
          {"roofline_seconds", bound}};
}

}  // namespace tessera
