#include "framework/config/combinations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "framework/config/field.h"

namespace tessera {
namespace {

using Paths = std::vector<std::string>;

struct Checks {
  const Config& config;
  const ReportClash& report;

  template <typename... Args>
  void demand(bool holds, const Paths& paths, fmt::format_string<Args...> format,
              Args&&... args) const {
    if (!holds) report(paths, fmt::format(format, std::forward<Args>(args)...));
  }

  // A setting is honoured or refused: where a key means nothing it must keep its default.
  template <typename T>
  void without_effect(bool applies, const char* path, const T& value, const T& standard,
                      const char* key, const char* other) const {
    if (applies || value == standard) return;
    report({path, key},
           fmt::format("{} = {} has no effect with {}: {}; remove it (the default is {})", path,
                       value_text(value), key, other, value_text(standard)));
  }

  void shape() const {
    const ModelConfig& m = config.model;
    demand(m.head_dim || m.hidden % m.heads == 0, {"model.hidden", "model.heads"},
           "model.hidden = {} is not divisible by model.heads = {}; change one of them, or state "
           "model.head_dim",
           m.hidden, m.heads);
    demand(m.heads % m.kv_head_count() == 0, {"model.kv_heads", "model.heads"},
           "model.heads = {} is not divisible by model.kv_heads = {}; each key/value head serves "
           "the same number of "
           "query heads",
           m.heads, m.kv_head_count());
    demand(m.positions != ModelConfig::Positions::rotary || m.head_width() % 2 == 0,
           {"model.head_dim", "model.positions", "model.hidden", "model.heads"},
           "rotary positions turn pairs of values, so a head must have an even width; it is {}",
           m.head_width());
    demand(m.window <= m.context, {"model.window", "model.context"},
           "model.window = {} is wider than model.context = {}; write 0 to attend to all", m.window,
           m.context);
    without_effect(m.positions == ModelConfig::Positions::rotary, "model.rope_base", m.rope_base,
                   ModelConfig{}.rope_base, "model.positions", "learned");
    const int64_t length = config.sequence_length();
    demand(length <= m.context, {"batch.length", "model.context"},
           "batch.length = {} exceeds model.context = {}; shorten it or raise the context", length,
           m.context);
  }

  void gpt() const {
    const ModelConfig& m = config.model;
    const DataConfig &d = config.data, standard;
    constexpr const char* kType = "model.type";
    demand(m.segment_count() == 0, {"model.segments", "model.type"},
           "model.segments = {} needs model.type: bert; remove it or write 0", m.segment_count());
    without_effect(false, "model.next_sentence", m.next_sentence, false, kType, "gpt");
    without_effect(false, "data.mask_rate", d.mask_rate, standard.mask_rate, kType, "gpt");
    without_effect(false, "data.whole_word", d.whole_word, false, kType, "gpt");
    without_effect(false, "data.sentence_pairs", d.sentence_pairs, false, kType, "gpt");
  }

  void bert() const {
    const ModelConfig& m = config.model;
    constexpr const char* kType = "model.type";
    without_effect(false, "data.documents", config.data.documents, DataConfig{}.documents, kType,
                   "bert");
    demand(m.tied_head, {"model.tied_head", "model.type"},
           "bert's head for masked tokens is the token embedding; write model.tied_head: true");
    demand(
        m.positions == ModelConfig::Positions::learned, {"model.positions", "model.type"},
        "bert has learned positions only; write model.positions: learned, or use model.type: gpt");
    demand(m.window == 0, {"model.window", "model.type"},
           "bert attends to the whole sequence; write model.window: 0");
    demand(!m.next_sentence || config.data.sentence_pairs,
           {"model.next_sentence", "data.sentence_pairs", "model.type"},
           "model.next_sentence needs two sentences per sequence; write data.sentence_pairs: true");
    demand(!config.data.sentence_pairs || m.segment_count() >= 2,
           {"data.sentence_pairs", "model.segments", "model.type"},
           "data.sentence_pairs needs two segments; write model.segments: 2");
    demand(!config.data.sentence_pairs || config.sequence_length() >= 8,
           {"data.sentence_pairs", "batch.length", "model.context", "model.type"},
           "a pair of sentences and its separators need a batch.length of at least 8; it is {}",
           config.sequence_length());
  }

  void optimizer() const {
    const OptimizerConfig &o = config.optimizer, standard;
    const bool adamw = o.type == OptimizerConfig::Type::adamw;
    without_effect(adamw, "optimizer.beta1", o.beta1, standard.beta1, "optimizer.type", "sgd");
    without_effect(adamw, "optimizer.beta2", o.beta2, standard.beta2, "optimizer.type", "sgd");
    without_effect(adamw, "optimizer.eps", o.eps, standard.eps, "optimizer.type", "sgd");
    without_effect(!adamw, "optimizer.momentum", o.momentum, standard.momentum, "optimizer.type",
                   "adamw");
    demand(config.batch.sequences % config.batch.accumulate == 0,
           {"batch.sequences", "batch.accumulate"},
           "batch.sequences = {} is not divisible by batch.accumulate = {}; micro-steps are of one "
           "size",
           config.batch.sequences, config.batch.accumulate);
  }

  void schedule() const {
    const ScheduleConfig &s = config.schedule, standard;
    const bool wsd = s.type == ScheduleConfig::Type::wsd;
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
    without_effect(s.type != ScheduleConfig::Type::constant, "schedule.final_ratio", s.final_ratio,
                   standard.final_ratio, "schedule.type", "constant");
  }

  /// The multiples of `parts` next to `size`, which is none.
  static std::vector<int64_t> near(int64_t size, int64_t parts, bool below = true) {
    const int64_t least = size / parts * parts;
    return below && least > 0 ? std::vector<int64_t>{least, least + parts}
                              : std::vector<int64_t>{least + parts};
  }

  void mesh() const {
    const MeshConfig& mesh = config.mesh;
    const int64_t dp = mesh.dp_size(), tp = mesh.tp_size();
    demand(mesh.dp || mesh.tp, {"mesh.tp", "mesh.dp"},
           "mesh.dp and mesh.tp are both auto; state one of them, such as tp: 1");
    demand(config.micro_sequences() % dp == 0, {"mesh.dp", "batch.sequences", "batch.accumulate"},
           "a micro-step has {} sequences (batch.sequences / batch.accumulate), which {} data "
           "parallel ranks cannot share evenly; make it a multiple of {}, such as "
           "batch.sequences = {}",
           config.micro_sequences(), dp, dp,
           fmt::join(near(config.batch.sequences, dp * config.batch.accumulate), " or "));
    const auto divides = [&](int64_t size, const char* key, const char* what, bool below = true) {
      demand(size % tp == 0, {"mesh.tp", key},
             "{} {} cannot be shared by {} tensor parallel ranks evenly; make {} {}, or change "
             "mesh.tp",
             size, what, tp, key, fmt::join(near(size, tp, below), " or "));
    };
    heads();
    divides(config.model.mlp_width(), "model.mlp_hidden", "columns of the MLP");
    if (config.model.vocab)  // fewer rows may be too few for the tokenizer
      divides(*config.model.vocab, "model.vocab", "rows of the vocabulary", false);
    if (mesh.sequence_parallel)
      divides(config.sequence_length(), "batch.length", "tokens of a sequence");
    without_effect(!mesh.tp || tp > 1, "mesh.sequence_parallel", mesh.sequence_parallel, false,
                   "mesh.tp", "1");
  }

  /// Heads that tp does not divide are padded.
  void heads() const {
    const int64_t tp = config.mesh.tp_size(), multiple = config.mesh.head_multiple_or_tp();
    const ModelConfig& model = config.model;
    demand(multiple % tp == 0, {"mesh.head_multiple", "mesh.tp"},
           "mesh.head_multiple = {} is no multiple of mesh.tp = {}; make it one, or auto", multiple,
           tp);
    const int64_t heads = model.kv_head_count();
    const char* const key = model.kv_heads ? "model.kv_heads" : "model.heads";
    demand(heads >= tp, {"mesh.tp", key},
           "{} {}heads are fewer than {} tensor parallel ranks, some of which would hold padding "
           "alone; change {} or mesh.tp",
           heads, model.kv_heads ? "key/value " : "", tp, key);
    demand(heads % multiple == 0 || model.attention_dropout == 0,
           {"model.attention_dropout", "mesh.tp", key},
           "{} {}heads are padded to a multiple of {}, and with model.attention_dropout padding is "
           "not supported: it would shift the random numbers; make it 0, or change {} or mesh.tp",
           heads, model.kv_heads ? "key/value " : "", multiple, key);
  }

  void run() const {
    demand(config.evaluate.every.never() || config.data.validation > 0,
           {"evaluate.every", "data.validation"},
           "evaluate.every = {} needs held-out data, and data.validation is 0; write "
           "evaluate.every: 0 steps, or hold "
           "out a part such as 5%",
           to_string(config.evaluate.every));
    const DeviceConfig& d = config.device;
    demand(!d.memory || d.memory->bytes > d.reserve.bytes, {"device.memory", "device.reserve"},
           "device.memory = {} leaves nothing beside device.reserve = {}; raise it",
           to_string(d.memory.value_or(ByteSize{})), to_string(d.reserve));
  }
};

}  // namespace

void check_combinations(const Config& config, const ReportClash& report) {
  const Checks checks{config, report};
  checks.shape();
  config.model.type == ModelConfig::Type::gpt ? checks.gpt() : checks.bert();
  checks.optimizer();
  checks.schedule();
  checks.mesh();
  checks.run();
}

}  // namespace tessera
