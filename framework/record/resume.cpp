#include "framework/record/resume.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "framework/comm/agreement.h"
#include "framework/config/field.h"
#include "framework/config/parse.h"
#include "framework/config/resolved_model.h"
#include "framework/core/error.h"
#include "framework/record/checkpoint_choice.h"
#include "framework/record/recorded_config.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Whether a line of differences() is about `key`, or about a key of the section "section.".
bool is_of(std::string_view line, std::string_view key) {
  return line.starts_with(key) && (key.ends_with('.') || line.substr(key.size()).starts_with(':'));
}

bool within_log(const Config& config) {
  return fs::path(config.checkpoint.folder) == fs::path(config.log.folder) / "checkpoints";
}

/// `config` with every `auto` replaced by the number that it stands for; `vocab` is the
/// tokenizer's, 0 when not known.
Config resolved(Config config, int64_t vocab) {
  config = with_model_resolved(std::move(config));
  if (!config.model.vocab && vocab > 0) config.model.vocab = vocab;
  config.batch.length = config.sequence_length();
  return config;
}

void require_same_model(const Config& saved, Config config, const fs::path& checkpoint) {
  // These may change in the middle of a training: the tensors are the same, and so is what they
  // compute.
  config.model.dropout = saved.model.dropout;
  config.model.attention_dropout = saved.model.attention_dropout;
  config.model.init_std = saved.model.init_std;
  require(saved.model == config.model,
          "{} is of another model ({}). Choose another checkpoint.folder and log.folder to start "
          "anew, or go on with the model it was made with, as in {}",
          checkpoint.string(), fmt::join(differences(saved, config, "model"), ", "),
          (checkpoint / "config.yaml").string());
}

/// The head tells labels by their number, and reads what the pooling gives it.
void require_same_task(const Config& saved, Config config, const fs::path& checkpoint) {
  config.task.class_weights = saved.task.class_weights;
  config.task.max_length = saved.task.max_length;
  require(saved.task == config.task,
          "{} is of another task ({}). Choose another checkpoint.folder and log.folder to start "
          "anew, such as with init.from: {}",
          checkpoint.string(), fmt::join(differences(saved, config, "task"), ", "),
          checkpoint.string());
}

/// Another optimizer keeps other moments, or none: those of the checkpoint would be lost.
void require_same_optimizer(const Config& saved, const Config& config, const fs::path& checkpoint) {
  const OptimizerConfig &was = saved.optimizer, &is = config.optimizer;
  if (was.type == is.type && (was.momentum == 0) == (is.momentum == 0)) return;
  std::vector<std::string> changed;
  for (const std::string& line : differences(saved, config, "optimizer"))
    if (line.starts_with("optimizer.type:") || line.starts_with("optimizer.momentum:"))
      changed.push_back(line);
  user_error(
      "{} holds the moments of another optimizer ({}); put it back, or choose another "
      "checkpoint.folder and log.folder to train anew with this one",
      checkpoint.string(), fmt::join(changed, ", "));
}

void require_same_data(const RunState& state, const std::string& data, const Config& saved,
                       const Config& config, const fs::path& checkpoint) {
  require(state.data.empty() || data.empty() || state.data == data,
          "{} was trained on other data: {} held {}, and {} holds {}. A run goes on only "
          "with its own data: restore it (tokenize the same text the same way), or choose another "
          "checkpoint.folder and log.folder to train anew on this",
          checkpoint.string(), saved.data.place(), state.data, config.data.place(), data);
}

void require_same_lengths(const Config& saved, const Config& config, const fs::path& checkpoint) {
  const int64_t before = saved.tokens_per_step(), now = config.tokens_per_step();
  if (before == now) return;
  std::vector<std::string> lengths;
  const auto add = [&](const char* key, const Duration& length) {
    if (length.unit == Duration::Unit::tokens && !length.never())
      lengths.push_back(fmt::format("{}: {} (up to now {} steps, now {})", key, to_string(length),
                                    length.steps(before), length.steps(now)));
  };
  add("train.steps", config.train.steps);
  add("schedule.warmup", config.schedule.warmup);
  add("schedule.decay", config.schedule.decay);
  require(lengths.empty(),
          "up to {} a step read {} tokens, and it would read {} now ({}). Lengths given in tokens "
          "would become other numbers of steps in the middle of the run: give them in steps, or "
          "keep the batch. {}",
          checkpoint.string(), before, now, fmt::join(differences(saved, config, "batch"), ", "),
          fmt::join(lengths, "; "));
}

void compare_splits(const Config& saved, const Config& config, std::vector<std::string>& report) {
  auto before = saved.data.parts(), now = config.data.parts();
  if (before.empty()) before.push_back({.validation = saved.data.validation});
  if (now.empty()) now.push_back({.validation = config.data.validation});
  for (size_t s = 0; s < std::min(before.size(), now.size()); ++s) {
    const double was = *before[s].validation, is = *now[s].validation;
    if (was == is || is == 0) continue;
    report.push_back(fmt::format(
        "warning: with another data.validation{} ({} → {}) text that was trained on may be held "
        "out: the validation loss is no longer that of unseen text",
        now.size() == 1 ? "" : " of " + now[s].name, was, is));
  }
}

/// Whether two runs mix the same sources in the same way, wherever the folders lie.
bool same_but_folders(const DataConfig& before, const DataConfig& now) {
  auto was = before.parts(), is = now.parts();
  for (auto* sources : {&was, &is})
    for (DataSourceConfig& source : *sources) source.shards.clear();
  return was == is;
}

void compare_environments(const Environment& saved, const Environment& now,
                          std::vector<std::string>& report) {
  std::vector<std::string> changed;
  for (const auto& [name, text] : now)
    for (const auto& [saved_name, saved_text] : saved) {
      if (name != saved_name || text == saved_text) continue;
      if (name == "tessera")
        report.push_back(
            fmt::format("another build of Tessera goes on: {} → {}", saved_text, text));
      else
        changed.push_back(fmt::format("{}: {} → {}", name, saved_text, text));
    }
  if (!changed.empty())
    report.push_back(
        fmt::format("the machine has changed since ({}); the run goes on, but not to the last bit",
                    fmt::join(changed, ", ")));
}

}  // namespace

void require_same_config_file(const Resumed& resumed, const Origin& origin, const Config& config) {
  const Origin& recorded = resumed.state.origin;
  if (recorded.config_file.empty() || recorded.config_file == origin.config_file) return;
  const auto place = [](const Origin& of) {
    return (fs::path(of.working_folder) / of.config_file).lexically_normal();
  };
  require(place(recorded) == place(origin),
          "{} is the run of {}, and {} has the same name: two configs would share one run. Give "
          "this one a folder of its own, such as --set log.folder={}-2, or rename the file. If it "
          "is the same config, moved, go on with --set log.folder={}",
          config.log.folder, recorded.config_file, origin.config_file, config.log.folder,
          config.log.folder);
}

void require_unchanged(const Resumed& resumed, int64_t steps, bool evaluates,
                       const Config& config) {
  std::vector<std::string_view> free{"log.folder", "checkpoint.folder", "data.shards",
                                     "device.",    "data.train",        "data.validation_file",
                                     "mesh.",      "data_parallel."};
  if (evaluates) free.insert(free.end(), {"evaluate.", "data.validation", "log.", "checkpoint."});
  std::vector<std::string> changed = resumed.changed;
  std::erase_if(changed, [&](const std::string& line) {
    return std::ranges::any_of(free, [&](auto key) { return is_of(line, key); });
  });
  require(
      changed.empty(),
      "{} is finished: it is at step {}, and train.steps is {}. Settings differ from those "
      "that it was trained with ({}), and no step is left to train with them; nothing was "
      "changed. To train with them from the beginning, give them a folder of their own, such "
      "as --set log.folder={}-2{}; to go on with them from here, set train.steps to more than "
      "{} steps",
      config.log.folder, resumed.state.step, steps, fmt::join(changed, ", "), config.log.folder,
      within_log(config) ? "" : " --set checkpoint.folder=" + config.log.folder + "-2/checkpoints",
      resumed.state.step);
}

std::vector<std::string> differences(const Config& before, const Config& after,
                                     const std::string& section) {
  Config old_copy = before, new_copy = after;
  const std::vector<Section> old_sections = bind_fields(old_copy),
                             new_sections = bind_fields(new_copy);
  std::vector<std::string> lines;
  for (size_t s = 0; s < old_sections.size(); ++s) {
    if (!section.empty() && old_sections[s].name != section) continue;
    for (size_t f = 0; f < old_sections[s].fields.size(); ++f) {
      const Field &was = old_sections[s].fields[f], &is = new_sections[s].fields[f];
      if (was.text() != is.text())
        lines.push_back(fmt::format("{}: {} → {}", was.path(), was.text(), is.text()));
    }
  }
  return lines;
}

std::optional<Resumed> choose_checkpoint(const Config& given, const Environment& environment,
                                         const std::string& data, int64_t vocab, World* world,
                                         std::vector<std::string>& report) {
  const Config config = resolved(given, vocab);
  const fs::path folder = config.checkpoint.folder;
  const auto latest = agreed_checkpoint(folder, world, report);
  if (!latest) {
    require(
        report.empty(),
        "{} holds checkpoints, but none that is whole:\n{}\nNothing was started over them: move "
        "them away to start anew, or choose another checkpoint.folder",
        folder.string(), fmt::join(report, "\n"));
    return std::nullopt;
  }
  auto opened = std::make_unique<CheckpointReader>(*latest);
  const CheckpointReader& reader = *opened;
  // Another file system, or an old view of this one, may have another checkpoint of the same name.
  if (world)
    require_same(*world, "the checkpoints to go on from",
                 fmt::format("step {} of {}\n{}\n{}\n", reader.step(), folder.string(),
                             reader.config_text(), reader.run_json()),
                 "Put checkpoint.folder on a file system that all hosts share");
  const Config saved = resolved(
      parse_recorded(given.model.kinds, reader.config_text(), (*latest / "config.yaml").string()),
      vocab);
  require_same_model(saved, config, *latest);
  require_same_task(saved, config, *latest);
  require_same_optimizer(saved, config, *latest);
  require_same_lengths(saved, config, *latest);
  Resumed resumed{
      parse_run_state(reader.run_json(), (*latest / "run.json").string(), saved.batch.sequences),
      saved.batch.sequences,
      *latest,
      {},
      nullptr};
  require(resumed.state.step == reader.step(), "{}: run.json says step {}, the manifest step {}",
          latest->string(), resumed.state.step, reader.step());
  require_same_data(resumed.state, data, saved, config, *latest);
  resumed.changed = differences(saved, config);
  if (saved.train.steps.steps(saved.tokens_per_step()) ==
      config.train.steps.steps(config.tokens_per_step()))
    std::erase_if(resumed.changed, [](const auto& line) { return is_of(line, "train.steps"); });
  if (same_but_folders(saved.data, config.data))
    std::erase_if(resumed.changed, [](const auto& line) { return is_of(line, "data.sources"); });
  if (!resumed.changed.empty())
    report.push_back(
        fmt::format("settings changed since the checkpoint: {}", fmt::join(resumed.changed, ", ")));
  compare_splits(saved, config, report);
  compare_environments(resumed.state.environment, environment, report);
  resumed.state.environment = environment;
  if (!data.empty()) resumed.state.data = data;
  resumed.reader = std::move(opened);
  return resumed;
}

}  // namespace tessera
