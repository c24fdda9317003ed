// `tessera bench`: how fast. `train` times whole steps on random tokens, `step` says where a step's time goes by op
// beside the machine's roofline, `op` times one op.
#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/config/parse.h"
#include "launch/bench_modes.h"
#include "launch/command_line.h"
#include "launch/verbs.h"

namespace tessera {

int run_bench(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "bench",
      .summary = "Times training on random tokens, the ops inside a step, or one op alone.",
      .words = {{"MODE", "train: whole steps; step: time by op; op: one op"},
                {"CONFIG", "a config; for `op` the op, its operands' types and attributes"}},
      .options = {set_option(),
                  {"steps", "N", "timed steps after two to warm up (default 5)"},
                  {"json", "FILE", "write the figures there too"}},
      .examples = {"train configs/gpt2-124m.yaml --steps 10",
                   "step configs/gpt-small.yaml --set precision.compute=bf16",
                   "op 'layer_norm(f32[1024,768], f32[768], f32[768]) {eps=1e-05}'"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::string mode = given->text("MODE"), what = given->text("CONFIG");
  const int64_t steps = given->integer("steps", 5, 1);
  nlohmann::json figures;
  if (mode == "train" || mode == "step") {
    const Config config = load_config(what, given->list("set"));
    figures = mode == "train" ? bench_train(config, steps) : bench_step(config, steps);
  } else if (mode == "op") {
    figures = bench_op(what, given->list("set"), steps);
  } else {
    user_error("bench: there is no mode '{}'; known: train, step, op", mode);
  }
  if (const std::string file = given->text("json"); !file.empty()) {
    std::ofstream out(file);
    out << figures.dump(2) << "\n";
    require(out.good(), "bench: {} cannot be written", file);
  }
  return 0;
}

}  // namespace tessera
