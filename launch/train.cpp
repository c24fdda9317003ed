// `tessera train` makes a model from a config and trains it on token shards.
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>

#include "framework/assembly/layouts.h"
#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/comm/agreement.h"
#include "framework/config/parse.h"
#include "framework/config/print.h"
#include "framework/config/run_name.h"
#include "framework/core/error.h"
#include "framework/record/recorded_config.h"
#include "framework/record/run_folder.h"
#include "framework/train/data_forecast.h"
#include "framework/train/model_learner.h"
#include "framework/train/trainer.h"
#include "launch/bus_error.h"
#include "launch/command_line.h"
#include "launch/document_marks.h"
#include "launch/ranks.h"
#include "launch/run_config.h"
#include "launch/same_program.h"
#include "launch/shell_word.h"
#include "launch/source.h"
#include "launch/start_outside.h"
#include "launch/started.h"
#include "launch/training_data.h"
#include "launch/verbs.h"
#include "launch/version.h"
#include "models/model.h"

namespace tessera {
namespace {

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

/// A line about a run of this config that an earlier version of Tessera kept in a folder of another
/// name; empty when there is none.
std::string earlier_run(const std::string& file, const Config& config) {
  const std::filesystem::path before = earlier_run_folder_of(file), now = run_folder_of(file);
  if (before == now || config.log.folder != now || std::filesystem::exists(now) ||
      list_checkpoints(before / "checkpoints").empty())
    return "";
  return fmt::format(
      "{} holds a run that may be one of this config, named by an earlier version. To go on with "
      "it: --set log.folder={}\n",
      before.string(), before.string());
}

/// What the command line asks for, read before the ranks meet.
struct Request {
  /// Empty when the user asked for help, which parse() has printed, or mistyped the command.
  std::optional<Arguments> given;
  Config config;
  /// The folder for failure.txt; empty when a failure is to be left nowhere.
  std::filesystem::path log_folder;
  /// The error that keeps every rank from starting, if any.
  std::exception_ptr wrong;
};

Request read_request(const CommandLine& line, std::span<const std::string> args) {
  Request request;
  try {
    request.given = line.parse(args);
    if (!request.given) return request;
    request.config = load_run_config(request.given->text("CONFIG"), request.given->list("set"));
    request.log_folder = request.config.log.folder;
  } catch (const ConfigError& error) {
    if (std::error_code none; std::filesystem::is_directory(error.log_folder, none))
      request.log_folder = error.log_folder;
    request.wrong = std::current_exception();
  } catch (const UserError&) {
    request.wrong = std::current_exception();
  }
  return request;
}

int train(const Request& request, std::span<const std::string> args, const Ranks& ranks) {
  const Arguments& given = *request.given;
  const std::string file = given.text("CONFIG");
  const Config config = with_data(resolve_mesh(request.config, ranks.size()));
  if (ranks.leads()) fmt::print("{}", effective_table(config));
  if (const std::string warning = ranks.placement_warning(config);
      ranks.leads() && !warning.empty())
    fmt::print("{}\n", warning);
  if (ranks.leads()) fmt::print("{}", earlier_run(file, config));
  std::fflush(stdout);
  const auto device = ranks.set_up(config.device);
  LearnerData data = training_data(config);
  TrainerOptions options;
  options.data = data.identity;
  options.origin = Origin::of(is_record(file) ? "" : file);
  options.named_after_file =
      folder_follows_name(shipped_models().kinds(), file, sets_with_start(file, given.list("set")));
  options.vocab = data.vocab;
  const std::shared_ptr<const Tokenizer> tokenizer = data.tokenizer;
  if (ranks.world()) {
    require_same(*ranks.world(), "config or data",
                 fmt::format("{}data: {}\n", to_yaml(config), data.identity),
                 "Start all ranks with the same config and data");
    require_same_program(*ranks.world(), *device);
  }
  const std::string forecast = data_forecast(config, *data.batches);
  if (ranks.leads()) fmt::print("{}", forecast);
  const DocumentMarks marks = data.marks;
  ModelLearner learner(shipped_models(), config, std::move(data), device, true, ranks.world());
  if (ranks.world()) require_same(*ranks.world(), "the graphs of the plan", learner.program_text());

  options.command =
      ranks.size() > 1 ? fmt::format("launch/run -n {} train", ranks.size()) : "tessera train";
  for (const std::string& word : args) options.command += " " + shell_word(word);
  options.environment = {{"tessera", version_text()},
                         {"tokenizer", tokenizer->description()},
                         {std::string(kDocumentMarks), to_text(marks)}};
  if (ranks.leads())  // the one that completes checkpoints
    for (const auto& [name, bytes] : tokenizer->files().all())
      options.files[fmt::format("{}/{}", kTokenizerFolder, name)] = bytes;
  if (is_outside_model(config.init.from))
    options.start = [&config, &ranks, tokenizer](std::map<std::string, std::string>& files,
                                                 std::vector<std::string>& report) {
      return start_outside(config, *tokenizer, ranks.world(), files, report);
    };
  for (const Fact& library : device->versions())
    options.environment.emplace_back(library.name, library.text);
  options.environment.emplace_back("isa", to_string(device->profile().isa));
  options.environment.emplace_back("threads", std::to_string(device->profile().threads));
  set_peak(options, given, config, *device, ranks.size());
  options.world = ranks.world();
  ProgressDisplay progress =
      ranks.leads() ? ProgressDisplay::on_standard_output()
                    : ProgressDisplay([](std::string_view) {}, false, [] { return 0; });
  const BusErrorFolder last_words(config.log.folder);
  const TrainingSummary summary = Trainer(config, learner, progress, options).run();
  if (summary.stop_signal == 0) return 0;
  // A process that a signal stopped ends with 128 plus the number of the signal, as in a shell.
  // mpirun passes the request to stop on as SIGUSR1.
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
  const Request request = read_request(line, args);
  if (!request.given && !request.wrong) return 0;  // help needs no other rank
  // A rank that ends before the ranks have met can leave no cause, and the failure.txt of an
  // earlier run would be taken for this run's.
  if (!request.log_folder.empty() && how_started().leads())
    RunFolder::forget_failure(request.log_folder);
  const Ranks ranks(request.config.mesh);
  ranks.leave_failures_in(request.log_folder);
  return ranks.together([&] {
    if (request.wrong) std::rethrow_exception(request.wrong);
    return train(request, args, ranks);
  });
}

}  // namespace tessera
