// `tessera train`: a config, token shards, a model; then the loop.
#include <fmt/format.h>

#include <csignal>
#include <optional>

#include "framework/assembly/layouts.h"
#include "framework/comm/agreement.h"
#include "framework/comm/mpi.h"
#include "framework/config/parse.h"
#include "framework/config/print.h"
#include "framework/core/error.h"
#include "framework/record/run_folder.h"
#include "framework/train/model_learner.h"
#include "framework/train/trainer.h"
#include "launch/command_line.h"
#include "launch/ranks.h"
#include "launch/same_program.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {
namespace {

/// A word as a shell takes it back.
std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
      "OPQRSTUVWXYZ0123456789-_./=,:+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void set_peak(TrainerOptions& options, const Arguments& given, const Config& config,
              const Device& device, int ranks) {
  if (given.has("peak")) {
    options.peak_gflops = given.real("peak", 0);
    require(options.peak_gflops > 0, "--peak: it must be above 0");
    options.peak_source = ranks > 1 ? "as given, for all ranks" : "as given";
    return;
  }
  const DType type = device.product_type(config.precision.compute);
  const double measured = device.matmul_gflops(type, 0.1);
  options.peak_gflops = measured * ranks;
  options.peak_source = fmt::format("this machine's {} matmul, measured", type);
  if (ranks > 1)
    options.peak_source =
        fmt::format("{} ranks, each {:.0f}: rank 0's {} matmul, measured", ranks, measured, type);
}

int train(const Arguments& given, std::span<const std::string> args, const Ranks& ranks) {
  Config config = load_config(shipped_models().kinds(), given.text("CONFIG"), given.list("set"));
  ranks.leave_failures_in(config.log.folder);
  config = resolve_mesh(std::move(config), ranks.size());
  if (ranks.leads()) fmt::print("{}", effective_table(config));
  if (const std::string warning = ranks.placement_warning(config);
      ranks.leads() && !warning.empty())
    fmt::print("{}\n", warning);
  std::fflush(stdout);
  const auto device = ranks.set_up(config.device);
  LearnerData data = open_data(shipped_models(), config);
  TrainerOptions options;
  options.data = data.identity;
  options.vocab = data.vocab;
  const std::string tokenizer = data.tokenizer->description();
  if (ranks.world()) {
    require_same(*ranks.world(), "config or data",
                 fmt::format("{}data: {}\n", to_yaml(config), data.identity),
                 "Start all ranks with the same config and data");
    require_same_program(*ranks.world(), *device);
  }
  ModelLearner learner(shipped_models(), config, std::move(data), device, true, ranks.world());
  if (ranks.world()) require_same(*ranks.world(), "the graphs of the plan", learner.program_text());

  options.command =
      ranks.size() > 1 ? fmt::format("launch/run -n {} train", ranks.size()) : "tessera train";
  for (const std::string& word : args) options.command += " " + quoted(word);
  options.environment = {{"tessera", TESSERA_VERSION}, {"tokenizer", tokenizer}};
  for (const Fact& library : device->versions())
    options.environment.emplace_back(library.name, library.text);
  options.environment.emplace_back("isa", to_string(device->profile().isa));
  options.environment.emplace_back("threads", std::to_string(device->profile().threads));
  set_peak(options, given, config, *device, ranks.size());
  options.world = ranks.world();
  ProgressDisplay progress =
      ranks.leads() ? ProgressDisplay::on_standard_output()
                    : ProgressDisplay([](std::string_view) {}, false, [] { return 0; });
  const TrainingSummary summary = Trainer(config, learner, progress, options).run();
  if (summary.stop_signal == 0) return 0;
  // As a shell tells it. SIGUSR1 is how mpirun hands on that the run shall stop.
  return 128 + (summary.stop_signal == SIGUSR1 ? SIGTERM : summary.stop_signal);
}

}  // namespace

int run_train(std::span<const std::string> args) {
  const CommandLine line{"train",
                         "Trains a model. A run that was stopped, killed or has failed goes on "
                         "from its newest good "
                         "checkpoint when the same command is given again. Ctrl-C finishes the "
                         "step and saves; a "
                         "second one ends at once. Metrics, config and checkpoints go to "
                         "runs/NAME.",
                         {{"CONFIG", "a YAML file, such as those in configs/"}},
                         {set_option(),
                          {"peak", "GFLOPS",
                           "peak rate of all ranks together, which the utilisation (MFU) is a "
                           "part of; by default rank 0's, measured, times the ranks"}},
                         {"configs/gpt-small.yaml --set data.shards=data/headers",
                          "configs/gpt2-124m.yaml --set data.shards=data/headers --set "
                          "'train.steps=20M tokens'"}};
  const auto given = line.parse(args);
  if (!given) return 0;
  const std::optional<Config> config =
      config_before_start(given->text("CONFIG"), given->list("set"));
  // A rank that ends before they have met can leave no cause; that of a run before shall not stand for it.
  if (config && rank_by_launcher() == 0) RunFolder::forget_failure(config->log.folder);
  const Ranks ranks;
  return ranks.together([&] { return train(*given, args, ranks); });
}

}  // namespace tessera
