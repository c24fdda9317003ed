#include "framework/config/combinations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "framework/config/checks.h"
#include "framework/config/model_kind.h"
#include "framework/config/task_checks.h"

namespace tessera {
namespace {

struct Combinations : Checks {
  /// Demands on keys that every model has.
  void model() const {
    const int64_t length = config.sequence_length(), context = config.model.context;
    demand(length <= context, {"batch.length", "model.context"},
           "batch.length = {} exceeds model.context = {}; shorten it or raise the context", length,
           context);
  }

  /// Products of a few sizes stay within 64 bits, so that whatever is planned has a number of
  /// bytes.
  void sizes() const {
    constexpr double kMostBytes = 1e18;
    const ModelConfig& m = config.model;
    const double heads = static_cast<double>(m.heads) * static_cast<double>(m.head_width());
    const double widest =
        std::max({heads, static_cast<double>(m.hidden), static_cast<double>(m.mlp_width())});
    const double tokens = static_cast<double>(config.micro_sequences()) *
                          static_cast<double>(config.sequence_length());
    demand(
        8 * tokens * widest <= kMostBytes,
        {"batch.sequences", "batch.length", "model.hidden", "model.mlp_hidden", "model.head_dim"},
        "a micro-step of {} sequences of {} tokens does not fit on any machine; make "
        "batch.sequences smaller, or batch.accumulate larger",
        config.micro_sequences(), config.sequence_length());
    demand(8 * widest * widest * static_cast<double>(m.layers) <= kMostBytes,
           {"model.hidden", "model.mlp_hidden", "model.head_dim", "model.heads"},
           "{} layers that are up to {} wide do not fit on any machine; make them fewer or smaller",
           m.layers, static_cast<int64_t>(widest));
  }

  /// Keys that only other kinds of model read must keep their defaults.
  void other_kinds() const {
    if (!kind_of(config)) return;
    Config given = config, usual;
    usual.model.kinds = config.model.kinds;
    const std::vector<Section> now = bind_fields(given), standard = bind_fields(usual);
    for (size_t s = 0; s < now.size(); ++s)
      for (size_t f = 0; f < now[s].fields.size(); ++f)
        without_effect(reads(config, now[s].fields[f].path()), now[s].fields[f].path(),
                       now[s].fields[f].text(), standard[s].fields[f].text(), "model.type",
                       config.model.type);
  }

  void optimizer() const {
    const OptimizerConfig &o = config.optimizer, standard;
    const bool adamw = o.type == UpdateRule::adamw;
    without_effect(adamw, "optimizer.beta1", o.beta1, standard.beta1, "optimizer.type", "sgd");
    without_effect(adamw, "optimizer.beta2", o.beta2, standard.beta2, "optimizer.type", "sgd");
    without_effect(adamw, "optimizer.eps", o.eps, standard.eps, "optimizer.type", "sgd");
    without_effect(!adamw, "optimizer.momentum", o.momentum, standard.momentum, "optimizer.type",
                   "adamw");
    without_effect(o.weight_decay > 0, "optimizer.decay_norms_and_biases", o.decay_norms_and_biases,
                   standard.decay_norms_and_biases, "optimizer.weight_decay", "0");
    demand(config.batch.sequences % config.batch.accumulate == 0,
           {"batch.sequences", "batch.accumulate"},
           "batch.sequences = {} is not divisible by batch.accumulate = {}; micro-steps are of one "
           "size",
           config.batch.sequences, config.batch.accumulate);
  }

  void init() const {
    const bool kept = config.init.optimizer == InitConfig::Optimizer::kept;
    without_effect(!config.init.from.empty(), "init.optimizer", config.init.optimizer,
                   InitConfig{}.optimizer, "init.from", "empty");
    const bool level =
        config.schedule.type == Schedule::Type::constant && config.schedule.warmup.never();
    demand(!kept || config.optimizer.type != UpdateRule::adamw || level,
           {"init.optimizer", "schedule.type", "schedule.warmup"},
           "init.optimizer: kept goes on counting AdamW's updates, and a schedule that rises or "
           "falls would begin where the checkpoint's had come to; write schedule.type: constant "
           "without schedule.warmup, or init.optimizer: fresh");
  }

  void schedule() const {
    const ScheduleConfig &s = config.schedule, standard;
    const bool wsd = s.type == Schedule::Type::wsd;
    const int64_t per_step = config.tokens_per_step();
    const int64_t total = config.train.steps.steps(per_step);
    const int64_t warmup = s.warmup.steps(per_step), decay = s.decay.steps(per_step);
    const std::string run = fmt::format("train.steps = {}{}", to_string(config.train.steps),
                                        config.train.steps.unit == Duration::Unit::tokens
                                            ? fmt::format(" ({} steps)", total)
                                            : std::string());
    demand(warmup <= total,
           {"schedule.warmup", "train.steps", "batch.sequences", "batch.length", "model.context"},
           "schedule.warmup = {} is longer than {}; shorten it", to_string(s.warmup), run);
    demand(!wsd || decay > 0, {"schedule.decay", "schedule.type"},
           "schedule.type: wsd needs schedule.decay, the length of the fall; write it such as '{} "
           "steps'",
           std::max<int64_t>(1, total / 5));
    demand(!wsd || warmup > total || warmup + decay <= total,
           {"schedule.decay", "schedule.warmup", "train.steps", "schedule.type", "batch.sequences",
            "batch.length", "model.context"},
           "schedule.warmup = {} and schedule.decay = {} together are longer than {}; shorten them",
           to_string(s.warmup), to_string(s.decay), run);
    demand(wsd || decay == 0, {"schedule.decay", "schedule.type"},
           "schedule.decay is for schedule.type: wsd; remove it");
    without_effect(s.type != Schedule::Type::constant, "schedule.final_ratio", s.final_ratio,
                   standard.final_ratio, "schedule.type", "constant");
  }

  void mesh() const {
    const MeshConfig& mesh = config.mesh;
    const int64_t dp = mesh.dp_size();
    demand(mesh.dp || mesh.tp, {"mesh.tp", "mesh.dp"},
           "mesh.dp and mesh.tp are both auto; state one of them, such as tp: 1");
    demand(config.micro_sequences() % dp == 0, {"mesh.dp", "batch.sequences", "batch.accumulate"},
           "a micro-step has {} sequences (batch.sequences / batch.accumulate), which {} data "
           "parallel ranks cannot share evenly; make it a multiple of {}, such as "
           "batch.sequences = {}",
           config.micro_sequences(), dp, dp,
           fmt::join(near_multiples(config.batch.sequences, dp * config.batch.accumulate), " or "));
    if (mesh.sequence_parallel)
      shared_over_tp(config.sequence_length(), "batch.length", "tokens of a sequence");
    without_effect(!mesh.tp || mesh.tp_size() > 1, "mesh.sequence_parallel", mesh.sequence_parallel,
                   false, "mesh.tp", "1");
    // Where dp is auto, the config may serve one rank today and several tomorrow.
    const DataParallelConfig &d = config.data_parallel, standard;
    const bool divides = !mesh.dp || dp > 1;
    without_effect(divides, "data_parallel.shard", d.shard, standard.shard, "mesh.dp", "1");
    without_effect(divides, "data_parallel.wire", d.wire, standard.wire, "mesh.dp", "1");
  }

  void data() const {
    const DataConfig& data = config.data;
    demand(data.shards.empty() || data.sources.empty(), {"data.shards", "data.sources"},
           "data.shards and data.sources are both set; write data.shards for one folder, or "
           "data.sources for several, and not both");
    const size_t weighted = static_cast<size_t>(std::ranges::count_if(
        data.sources, [](const DataSourceConfig& source) { return source.weight.has_value(); }));
    demand(weighted == 0 || weighted == data.sources.size(), {"data.sources"},
           "{} of {} sources have a weight; give all of them one, or none (then each counts by the "
           "samples in its epochs)",
           weighted, data.sources.size());
    std::set<std::string> names;
    std::map<std::filesystem::path, double> held_out;
    for (const DataSourceConfig& source : data.parts()) {
      const double first =
          held_out
              .emplace(std::filesystem::path(source.shards + "/").lexically_normal(),
                       *source.validation)
              .first->second;
      demand(first == *source.validation, {"data.sources"},
             "{} stands twice, once with validation {} and once with {}: what one holds out the "
             "other would train on; make them equal",
             source.shards, first, *source.validation);
      demand(
          names.insert(source.name).second, {"data.sources"},
          "two sources are called {}; give one of them another name, such as {{shards: {}, name: "
          "{}-2}}",
          source.name, source.shards, source.name);
      const int64_t length = config.sequence_length();
      demand(!source.until || source.until->samples(length) > source.from.samples(length),
             {"data.sources"}, "{}: until {} is not after from {}; make it larger", source.name,
             to_string(source.until.value_or(SampleSpan{})), to_string(source.from));
    }
  }

  void run() const {
    demand(config.evaluate.every.never() || config.data.holds_out(),
           {"evaluate.every", "data.validation", "data.sources"},
           "evaluate.every = {} needs held-out data, and {} is 0; write "
           "evaluate.every: 0 steps, or hold "
           "out a part such as 5%",
           to_string(config.evaluate.every),
           config.data.sources.empty() ? "data.validation" : "the validation of every source");
    const DeviceConfig& d = config.device;
    demand(d.type == DeviceConfig::Type::cpu || !d.isa, {"device.type", "device.isa"},
           "device.isa = {} caps the instruction set of device.type: cpu, and device.type is {}; "
           "leave device.isa out",
           to_string(d.isa.value_or(Isa::sse41)), choice_name(d.type));
    demand(!d.memory || d.memory->bytes > d.reserve.bytes, {"device.memory", "device.reserve"},
           "device.memory = {} leaves nothing beside device.reserve = {}; raise it",
           to_string(d.memory.value_or(ByteSize{})), to_string(d.reserve));
  }
};

}  // namespace

std::vector<int64_t> near_multiples(int64_t size, int64_t parts, bool below) {
  const int64_t least = size / parts * parts;
  return below && least > 0 ? std::vector<int64_t>{least, least + parts}
                            : std::vector<int64_t>{least + parts};
}

void Checks::shared_over_tp(int64_t size, const std::string& key, const std::string& what,
                            bool below) const {
  const int64_t tp = config.mesh.tp_size();
  demand(size % tp == 0, {"mesh.tp", key},
         "{} {} cannot be shared by {} tensor parallel ranks evenly; make {} {}, or change mesh.tp",
         size, what, tp, key, fmt::join(near_multiples(size, tp, below), " or "));
}

void check_combinations(const Config& config, const ReportClash& report) {
  const Combinations checks{{config, report}};
  checks.model();
  checks.sizes();
  checks.other_kinds();
  if (const ModelKind* kind = kind_of(config); kind && kind->check) kind->check(checks);
  checks.optimizer();
  checks.init();
  checks.schedule();
  checks.mesh();
  checks.data();
  checks.run();
  check_task(checks);
}

}  // namespace tessera
