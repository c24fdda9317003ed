// `tessera bench generate`: how fast a model of a config's size reads a prompt and makes tokens, on
// random weights.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "framework/assembly/device.h"
#include "framework/graph/op_def.h"
#include "framework/train/generator.h"
#include "launch/bench_modes.h"
#include "launch/planned_vocab.h"

namespace tessera {
namespace {

constexpr int64_t kPrompt = 512, kRows = 16;

double median(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

template <typename Run>
double seconds_of(const Run& run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Gives every parameter, or its rounded copy, numbers of about the size that trained ones have.
void fill(Generator& generator) {
  Session& session = generator.session();
  for (const State& state : session.compiled().program.states()) {
    if (state.kind != StateKind::parameter && state.kind != StateKind::compute_copy) continue;
    dispatch_float(state.type.dtype, "a parameter", [&]<typename T>(Tag<T>) {
      session.fill<T>(session.state(state.name), [&](std::span<T> to) {
        uint32_t x = 1;
        for (T& value : to) {
          x = x * 1664525 + 1013904223;
          value = T((static_cast<float>(x >> 8) * 0x1p-23F - 1) * 0.05F);
        }
      });
    });
  }
}

/// Bytes of the parameters that a graph reads.
double parameter_bytes(Generator& generator, std::string_view graph) {
  double bytes = 0;
  for (const Graph& g : generator.session().compiled().program.graphs()) {
    if (g.name() != graph) continue;
    for (const Port& port : g.inputs())
      if (port.kind == PortKind::state && !port.name.str().starts_with("cache."))
        bytes += static_cast<double>(g.value(port.value).type.bytes());
  }
  return bytes;
}

/// Times `steps` tokens of each row behind a prompt of 64.
double decode_seconds(Generator& generator, int64_t steps) {
  const auto rows = static_cast<size_t>(generator.size().rows);
  for (size_t r = 0; r < rows; ++r) {
    generator.read(std::vector<int32_t>(64, static_cast<int32_t>(r)));
    generator.place(static_cast<int64_t>(r));
  }
  std::vector<double> seconds;
  for (int64_t step = -2; step < steps; ++step) {
    const std::vector<int32_t> tokens(rows, static_cast<int32_t>(step + 2)),
        positions(rows, static_cast<int32_t>(64 + step + 2));
    const double s = seconds_of([&] { generator.decode(tokens, positions); });
    if (step >= 0) seconds.push_back(s);
  }
  return median(seconds);
}

/// Prints where a step's time goes.
void print_ops(Generator& generator) {
  struct Row {
    int64_t calls = 0;
    double seconds = 0;
  };
  std::map<std::string, Row> rows;
  generator.session().on_step = [&](const Graph& graph, NodeId id, double seconds) {
    Row& row = rows[std::string(graph.node(id).op->name)];
    row.calls += 1;
    row.seconds += seconds;
  };
  const std::vector<int32_t> token{1}, position{70};
  generator.decode(token, position);
  generator.session().on_step = nullptr;
  for (const auto& [name, row] : rows)
    fmt::print("  {:<24}{:>7}{:>11.3f} ms\n", name, row.calls, row.seconds * 1e3);
}

}  // namespace

nlohmann::json bench_generate(Config config, int64_t steps) {
  config.mesh = {};
  config.mesh.dp = 1;  // one process is timed
  config.data_parallel = {};
  const int64_t vocab = planned_vocab(config), prompt = std::min(kPrompt, config.model.context);
  const auto device = make_device(config.device);
  nlohmann::json figures;
  const auto add = [&](const char* key, const std::string& what, double seconds, double tokens) {
    fmt::print("{:<40}{:>10.2f} ms{:>12.1f} tokens/s\n", what, seconds * 1e3, tokens / seconds);
    figures[key] = tokens / seconds;
  };
  const int64_t longest = std::max<int64_t>(prompt, 64 + steps + 2);
  {
    Generator generator(shipped_models(), config, vocab, device,
                        {.rows = 1, .positions = longest, .prompt = prompt});
    fill(generator);
    std::vector<double> seconds;
    for (int i = 0; i < 4; ++i)
      seconds.push_back(seconds_of(
          [&] { generator.read(std::vector<int32_t>(static_cast<size_t>(prompt), 1)); }));
    seconds.erase(seconds.begin());
    add("prompt", fmt::format("a prompt of {}", prompt), median(seconds),
        static_cast<double>(prompt));
    const double s = decode_seconds(generator, steps);
    add("decode", "one text", s, 1);
    const double read = parameter_bytes(generator, "decode") / s / 1e9;
    fmt::print("{:<40}{:>10.1f} GB/s of parameters read\n", "", read);
    figures["read_gbytes_per_second"] = read;
    print_ops(generator);
  }
  Generator generator(shipped_models(), config, vocab, device,
                      {.rows = kRows, .positions = longest, .prompt = 64});
  fill(generator);
  add("decode_rows", fmt::format("{} texts side by side", kRows), decode_seconds(generator, steps),
      static_cast<double>(kRows));
  return figures;
}

}  // namespace tessera
