// `tessera bench` says how fast training and generation are. `train` times whole steps on random tokens, `step`
// says which ops take the time of a step and compares them with the roofline of the machine, `op` times
// one op, `generate` makes tokens with random weights, and `load` reads a model's weights.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "launch/bench_modes.h"
#include "launch/command_line.h"
#include "launch/ranks.h"
#include "launch/run_config.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {
namespace {

void require_mode(const std::string& mode) {
  const std::vector<std::string> modes{"train", "step", "op", "generate", "load"};
  const auto meant = nearest(mode, modes);
  require(std::ranges::find(modes, mode) != modes.end(),
          "bench: there is no mode '{}'{}; known: {}", mode,
          meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(modes, ", "));
}

void write_json(const std::string& file, const nlohmann::json& figures) {
  std::ofstream out(file);
  out << figures.dump(2) << "\n";
  out.close();
  require(out.good(), "--json: {} cannot be written: {}", file, std::strerror(errno));
}

void bench(const Arguments& given, const Ranks& ranks) {
  const std::string mode = given.text("MODE"), what = given.text("CONFIG");
  require_mode(mode);
  require(mode == "train" || ranks.size() == 1,
          "bench {}: one process is timed, and {} were started; start it alone, without launch/run",
          mode, ranks.size());
  const int64_t steps = given.integer("steps", 5, 1);
  require(!given.has("json") || !given.text("json").empty(), "--json: name a file");
  const auto sets = given.list("set");
  const auto config = [&] { return load_run_config(what, sets); };
  const nlohmann::json figures = mode == "op"         ? bench_op(what, sets, steps)
                                 : mode == "step"     ? bench_step(config(), steps)
                                 : mode == "load"     ? bench_load(what, sets)
                                 : mode == "generate" ? bench_generate(config(), steps)
                                                      : bench_train(config(), steps, ranks);
  if (given.has("json") && ranks.leads()) write_json(given.text("json"), figures);
}

}  // namespace

int run_bench(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "bench",
      .summary =
          "Times training on random tokens, the ops inside a step, one op alone, generation, or "
          "how long a model's weights take to be read.",
      .words = {{"MODE",
                 "train: whole steps; step: time by op; op: one op; generate: tokens made; load: "
                 "weights read"},
                {"CONFIG",
                 "a config; for `op` the op, its operands' types and attributes; for `load` a run, "
                 "a checkpoint, a Hugging Face folder or a .gguf"}},
      .options = {set_option(),
                  {"steps", "N", "timed steps after two to warm up (default 5)"},
                  {"json", "FILE", "write the figures there too"}},
      .examples = {"train configs/gpt2-124m.yaml --steps 10",
                   "step configs/gpt-small.yaml --set precision.compute=bf16",
                   "op 'layer_norm(f32[1024,768], f32[768], f32[768]) {eps=1e-05}'"}};
  std::optional<Arguments> given;
  std::exception_ptr wrong;
  try {
    if (!args.empty() && !args[0].starts_with('-'))
      require_mode(args[0]);  // before parse() reports a missing CONFIG
    given = line.parse(args);
    if (!given) return 0;  // help needs no other rank
  } catch (const UserError&) {
    wrong = std::current_exception();
  }
  const Ranks ranks;
  return ranks.together([&] {
    if (wrong) std::rethrow_exception(wrong);
    bench(*given, ranks);
    return 0;
  });
}

}  // namespace tessera
