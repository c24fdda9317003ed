// The resolved run as plain values: one struct per section of the YAML file, copied, compared and
// printed. What each key means, its range and its place in the file are stated once, in
// config/fields.h; the members here only carry type and default. A new section takes a struct here,
// a member of Config, its `fields` list and one line of `sections`. An empty optional is what the
// file calls `auto`; the functions say what it stands for.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/duration.h"
#include "framework/core/device_profile.h"
#include "framework/core/dtype.h"
#include "framework/core/recompute.h"
#include "framework/core/schedule.h"
#include "framework/core/update_rule.h"

namespace tessera {

struct ModelKind;
using ModelKinds = std::vector<ModelKind>;

/// The kinds of model that a config may name, as given by the caller that reads it; null in a
/// Config that was not read. Kinds are no part of what a config says, so all KnownKinds are equal.
struct KnownKinds : std::shared_ptr<const ModelKinds> {
  using shared_ptr::shared_ptr;
  bool operator==(const KnownKinds&) const { return true; }
};

struct ModelConfig {
  enum class Positions { learned, rotary };
  enum class RopeScaling { none, dynamic, linear, llama3, yarn };
  enum class Bias { all, none, qkv };
  enum class Norm { layer, rms };
  enum class Activation { gelu_tanh, gelu_erf, relu, silu_gated };

  std::string type;  // the name of a ModelKind
  int64_t layers = 12;
  int64_t hidden = 768;
  int64_t heads = 12;
  std::optional<int64_t> kv_heads;
  std::optional<int64_t> head_dim;
  std::optional<int64_t> mlp_hidden;
  int64_t context = 1024;
  std::optional<int64_t> vocab;  // auto: the tokenizer's
  Positions positions = Positions::learned;
  double rope_base = 10000;
  RopeScaling rope_scaling = RopeScaling::none;
  double rope_factor = 1;
  std::optional<int64_t> rope_original_context;
  double rope_low = 1, rope_high = 4;
  std::optional<double> rope_magnitude;
  Norm norm = Norm::layer;
  double norm_eps = 1e-5;
  Activation activation = Activation::gelu_tanh;
  bool tied_head = true;
  Bias bias = Bias::all;
  double dropout = 0;
  double attention_dropout = 0;
  double init_std = 0.02;
  int64_t window = 0;
  /// The keys that the config's kind of model declares (own_keys.h), as text; keys at their default
  /// are left out.
  std::map<std::string, std::string> own;
  KnownKinds kinds;

  bool drops() const { return dropout > 0 || attention_dropout > 0; }
  int64_t kv_head_count() const { return kv_heads.value_or(heads); }
  int64_t head_width() const { return head_dim.value_or(hidden / heads); }
  int64_t mlp_width() const { return mlp_hidden.value_or(4 * hidden); }
  bool operator==(const ModelConfig&) const = default;
};

/// One folder of token shards among several that a run mixes.
struct DataSourceConfig {
  std::string shards = {};
  std::string name = {};                  // empty: the last part of the folder's path
  std::optional<double> weight = {};      // auto: in proportion to the samples of its epochs
  std::optional<double> epochs = {};      // auto: as many as the run asks for
  std::optional<double> validation = {};  // auto: data.validation
  SampleSpan from = {};
  std::optional<SampleSpan> until = {};  // auto: to the end of the run

  bool operator==(const DataSourceConfig&) const = default;
};

struct DataConfig {
  enum class Documents { packed, stream };
  enum class Packing { stream, best_fit };

  std::string shards = {};
  std::vector<DataSourceConfig> sources = {};
  std::string train = {};  // a file of examples, for tasks that read such
  double validation = 0.05;
  std::string validation_file = {};  // a file of examples that are held out
  Documents documents = Documents::packed;
  Packing packing = Packing::stream;
  double mask_rate = 0.15;
  bool whole_word = false;
  bool sentence_pairs = false;

  bool is_given() const { return !shards.empty() || !sources.empty(); }
  /// What is read: the sources, or one made of `shards`; names and validation are filled in.
  std::vector<DataSourceConfig> parts() const;
  /// Whether anything is held out.
  bool holds_out() const;
  /// The folders, or the file of examples, for messages.
  std::string place() const;
  bool operator==(const DataConfig&) const = default;
};

/// What a model is trained to do.
struct TaskConfig {
  enum class Type { pretrain, classify };
  enum class Pooling { cls, mean, last };

  Type type = Type::pretrain;
  std::vector<std::string> text{"text"};
  std::string label = "label";
  std::vector<std::string> labels;  // empty: those in the data
  std::optional<int64_t> max_length;
  std::vector<std::string> class_weights{"none"};
  std::optional<Pooling> pooling;

  bool classifies() const { return type == Type::classify; }
  bool operator==(const TaskConfig&) const = default;
};

struct BatchConfig {
  int64_t sequences = 8;
  std::optional<int64_t> length;
  int64_t accumulate = 1;
  bool operator==(const BatchConfig&) const = default;
};

struct OptimizerConfig {
  UpdateRule type = UpdateRule::adamw;
  double lr = 3e-4;
  double beta1 = 0.9;
  double beta2 = 0.95;
  double eps = 1e-8;
  double weight_decay = 0.1;
  double momentum = 0;
  double clip_norm = 1;
  bool decay_norms_and_biases = false;
  bool operator==(const OptimizerConfig&) const = default;
};

struct ScheduleConfig {
  Schedule::Type type = Schedule::Type::cosine;
  Duration warmup;
  Duration decay;
  double final_ratio = 0.1;
  bool operator==(const ScheduleConfig&) const = default;
};

struct PrecisionConfig {
  DType compute = DType::f32;
  bool operator==(const PrecisionConfig&) const = default;
};

struct RecomputeConfig {
  Recompute policy = Recompute::none;
  bool operator==(const RecomputeConfig&) const = default;
};

struct MeshConfig {
  std::optional<int64_t> dp;             // auto: the ranks that tp leaves
  std::optional<int64_t> tp = 1;         // auto: the ranks that dp leaves
  std::optional<int64_t> head_multiple;  // auto: tp
  bool sequence_parallel = false;
  /// No key: where a model is only read, its vocabulary is padded to what tp divides.
  bool pads_vocab = false;
  double silence_limit = 60, hang_limit = 600;  // seconds

  /// The sizes, with 1 for an `auto` that is not resolved.
  int64_t dp_size() const { return dp.value_or(1); }
  int64_t tp_size() const { return tp.value_or(1); }
  int64_t head_multiple_or_tp() const { return head_multiple.value_or(tp_size()); }
  bool operator==(const MeshConfig&) const = default;
};

struct DataParallelConfig {
  enum class Shard { none, optimizer, gradients, parameters };

  Shard shard = Shard::none;
  DType wire = DType::f32;
  bool operator==(const DataParallelConfig&) const = default;
};

struct DeviceConfig {
  enum class Type { cpu, cuda };

  Type type = Type::cpu;
  std::optional<Isa> isa;
  std::optional<int64_t> threads;
  std::optional<ByteSize> memory;
  ByteSize reserve{int64_t{256} << 20};
  bool operator==(const DeviceConfig&) const = default;
};

struct InitConfig {
  enum class Optimizer { fresh, kept };

  std::string from;  // empty: weights are drawn
  Optimizer optimizer = Optimizer::fresh;
  bool operator==(const InitConfig&) const = default;
};

struct TuneConfig {
  std::vector<std::string> freeze;  // names of parameters, or what they begin with
  bool operator==(const TuneConfig&) const = default;
};

struct TrainConfig {
  Duration steps = Duration::of_steps(1000);
  int64_t seed = 1;
  int64_t stop_after_nonfinite = 5;
  bool operator==(const TrainConfig&) const = default;
};

struct EvaluateConfig {
  enum class Keep { newest, best };

  Duration every = Duration::of_steps(200);
  int64_t batches = 20;
  std::string metric = "loss";
  Keep keep = Keep::newest;
  int64_t patience = 0;  // 0: never stops early
  bool operator==(const EvaluateConfig&) const = default;
};

struct CheckpointConfig {
  std::string folder = "auto";  // resolved to LOG.FOLDER/checkpoints when a file is parsed
  Duration every = Duration::of_steps(500);
  int64_t keep = 3;
  bool operator==(const CheckpointConfig&) const = default;
};

struct LogConfig {
  std::string folder = "auto";  // resolved to runs/NAME when a file is parsed
  Duration every = Duration::of_steps(10);
  bool tensorboard = true;
  bool operator==(const LogConfig&) const = default;
};

struct Config {
  ModelConfig model;
  DataConfig data;
  TaskConfig task;
  BatchConfig batch;
  OptimizerConfig optimizer;
  ScheduleConfig schedule;
  PrecisionConfig precision;
  RecomputeConfig recompute;
  MeshConfig mesh;
  DataParallelConfig data_parallel;
  DeviceConfig device;
  InitConfig init;
  TuneConfig tune;
  TrainConfig train;
  EvaluateConfig evaluate;
  CheckpointConfig checkpoint;
  LogConfig log;

  /// Tokens in one sequence of a batch.
  int64_t sequence_length() const {
    return batch.length.value_or(task.max_length.value_or(model.context));
  }
  /// Tokens in one optimizer step, all micro-steps together.
  int64_t tokens_per_step() const { return batch.sequences * sequence_length(); }
  /// Sequences in one micro-step.
  int64_t micro_sequences() const { return batch.sequences / batch.accumulate; }

  bool operator==(const Config&) const = default;
};

}  // namespace tessera
