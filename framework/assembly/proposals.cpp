#include "framework/assembly/proposals.h"

#include <algorithm>
#include <cmath>

#include "framework/assembly/assemble.h"
#include "framework/assembly/layouts.h"
#include "framework/config/mesh_axes.h"
#include "framework/config/model_kind.h"
#include "framework/config/parse.h"
#include "framework/config/value.h"
#include "framework/core/divisors.h"
#include "framework/runtime/compile.h"

namespace tessera {
namespace {

using Shard = DataParallelConfig::Shard;

int64_t rounded_up(int64_t size, int64_t parts) { return (size + parts - 1) / parts * parts; }

bool runs(const Config& config) {
  try {
    check_config(config);
    return true;
  } catch (const UserError&) {
    return false;
  }
}

/// The nearest number of heads, no fewer than tp, that tp divides and that divides what it must; 0
/// when there is none.
int64_t nearest_heads(const ModelConfig& model, int64_t tp) {
  int64_t best = 0;
  for (int64_t heads = tp; heads <= model.heads + 2 * tp; heads += tp) {
    const bool shape = model.head_dim || model.hidden % heads == 0;
    const bool served = !model.kv_heads || heads % *model.kv_heads == 0;
    if (shape && served &&
        (best == 0 || std::abs(heads - model.heads) <= std::abs(best - model.heads)))
      best = heads;
  }
  return best;
}

/// Every way to share `ranks` ranks out over the axes.
std::vector<MeshConfig> meshes_of(int64_t ranks) {
  std::vector<MeshConfig> out(1);
  for (const ConfigAxis& axis : kMeshAxes) out[0].*axis.size = 1;
  out[0].*kDataAxis.size = ranks;
  for (const ConfigAxis& axis : kMeshAxes) {
    if (axis.name == kDataAxis.name) continue;
    std::vector<MeshConfig> more;
    for (const MeshConfig& mesh : out) {
      const int64_t left = *(mesh.*kDataAxis.size);
      for (const int64_t size : divisors_of(left)) {
        more.push_back(mesh);
        more.back().*axis.size = size;
        more.back().*kDataAxis.size = left / size;
      }
    }
    out = std::move(more);
  }
  return out;
}

/// How far a mesh is from another in doublings of its axes, the data axis left out.
double distance(const MeshConfig& a, const MeshConfig& b) {
  double out = 0;
  for (const ConfigAxis& axis : kMeshAxes)
    if (axis.name != kDataAxis.name)
      out += std::abs(std::log2(static_cast<double>((a.*axis.size).value_or(1)) /
                                static_cast<double>((b.*axis.size).value_or(1))));
  return out;
}

class Search {
 public:
  Search(const Models& models, const Config& config, int64_t vocab, const DeviceProfile& profile,
         int64_t limit)
      : models_(models), config_(config), vocab_(vocab), profile_(profile), limit_(limit) {
    config_.model.vocab = vocab;  // auto: it must divide as well
  }

  /// Sets `out` to the config on a mesh of these sizes with the least sharding that fits, if any
  /// does.
  bool fits(const MeshConfig& sizes, MeshProposal& out) const {
    const bool splits_layers = sizes.tp_size() > 1, splits_batch = sizes.dp_size() > 1;
    Config all = on(sizes, Shard::parameters, splits_layers);
    if (!runs(all)) all = on(sizes, Shard::parameters, false);
    if (!runs(all) || !may_fit(all)) return false;
    for (const bool sequence : {config_.mesh.sequence_parallel && splits_layers, splits_layers})
      for (const Shard shard :
           {Shard::none, Shard::optimizer, Shard::gradients, Shard::parameters}) {
        if (splits_batch ? shard < config_.data_parallel.shard : shard != Shard::none) continue;
        out.config = on(sizes, shard, sequence);
        if (out.config == config_ || !runs(out.config) || !may_fit(out.config)) continue;
        const Size size = size_of(out.config);
        out.exact = size.layers <= kMostPlanned;
        out.bytes = out.exact ? planned_bytes(out.config, size) : estimated_bytes(out.config);
        if (out.bytes <= (out.exact ? limit_ : limit_ - limit_ / 20)) return true;
      }
    return false;
  }

 private:
  /// The config on another mesh. The global batch stays, and as far as it divides, so does what one
  /// rank takes at a time.
  Config on(const MeshConfig& sizes, Shard shard, bool sequence) const {
    const int64_t dp = sizes.dp_size();
    Config out = config_;
    for (const ConfigAxis& axis : kMeshAxes) out.mesh.*axis.size = sizes.*axis.size;
    out.mesh.sequence_parallel = sequence;
    if (dp == 1)
      out.data_parallel = {};
    else
      out.data_parallel.shard = shard;
    const int64_t batch = config_.batch.sequences,
                  own = config_.micro_sequences() / config_.mesh.dp_size();
    if (batch % dp != 0) return out;
    for (const int64_t sequences : divisors_of(batch / dp))
      if (sequences <= own) out.batch.accumulate = batch / (dp * sequences);
    return out;
  }

  /// What memory grows with.
  struct Size {
    int64_t layers = 1;     // of the model, where it has layers
    int64_t sequences = 1;  // of a rank, in a micro-step
    bool operator==(const Size&) const = default;
  };

  static Size size_of(const Config& config) {
    return {reads(config, "model.layers") ? config.model.layers : 1,
            config.micro_sequences() / config.mesh.dp_size()};
  }

  /// The size of a config, or of a part of it that is planned in next to no time.
  static Size few_of(const Config& config) {
    const Size all = size_of(config);
    const int64_t sequences = std::max<int64_t>(1, kFewTokens / config.sequence_length());
    return {all.layers > 2 * kFewLayers ? kFewLayers : all.layers,
            all.sequences > 4 * sequences ? sequences : all.sequences};
  }

  /// Bytes of a rank's plan for the config, if it were of this size.
  int64_t planned_bytes(Config config, const Size& size) const {
    if (reads(config, "model.layers")) config.model.layers = size.layers;
    config.batch.accumulate = std::min<int64_t>(config.batch.accumulate, 2);  // graphs are the same
    config.batch.sequences = size.sequences * config.mesh.dp_size() * config.batch.accumulate;
    Assembly assembly = assemble_training(models_, config, vocab_);
    return compile(std::move(assembly.program), profile_, {assembly.mesh}).bytes();
  }

  /// Whether the config fits; where only an estimate is made, one of 5 % over the limit may.
  bool may_fit(const Config& config) const {
    const bool is_planned = few_of(config) == size_of(config);
    return estimated_bytes(config) <= (is_planned ? limit_ : limit_ + limit_ / 20);
  }

  /// Estimates a plan's bytes from plans of few layers and sequences, since memory grows evenly
  /// with both. The step at which memory is fullest may change on the way, and memory then grows
  /// faster: the estimate is low rather than high.
  int64_t estimated_bytes(const Config& config) const {
    const Size all = size_of(config), few = few_of(config);
    const auto planned = [&](int64_t layers, int64_t times) {
      return static_cast<double>(
          planned_bytes(config, {few.layers + layers, few.sequences * times}));
    };
    const bool deep = all.layers > few.layers, wide = all.sequences > few.sequences;
    const auto layers = static_cast<double>(all.layers - few.layers),
               times = static_cast<double>(all.sequences - few.sequences) /
                       static_cast<double>(few.sequences);
    const double least = planned(0, 1), layer = deep ? planned(1, 1) - least : 0,
                 batch = wide ? planned(0, 2) - least : 0,
                 both = deep && wide ? planned(1, 2) - least - layer - batch : 0;
    constexpr double kMost = 9e18;  // of a signed number of 64 bits
    return static_cast<int64_t>(
        std::min(least + layers * layer + times * (batch + layers * both), kMost));
  }

  static constexpr int64_t kFewLayers = 2, kFewTokens = 8192;
  static constexpr int64_t kMostPlanned = 64;  // layers; models of more are only estimated

  const Models& models_;
  Config config_;
  const int64_t vocab_;
  const DeviceProfile& profile_;
  const int64_t limit_;
};

}  // namespace

std::vector<std::string> sizes_that_divide(const Config& config) {
  Config changed = config;
  std::vector<std::string> out;
  const auto set = [&](const char* key, auto& member, int64_t size) {
    if (!reads(config, key)) return;
    member = size;
    out.push_back(fmt::format("{}={}", key, size));
  };
  const int64_t dp = config.mesh.dp_size(), tp = config.mesh.tp_size();
  const ModelConfig& model = config.model;
  if (config.micro_sequences() % dp != 0)
    set("batch.sequences", changed.batch.sequences,
        rounded_up(config.batch.sequences, dp * config.batch.accumulate));
  if (model.kv_heads && *model.kv_heads < tp) set("model.kv_heads", changed.model.kv_heads, tp);
  if (const int64_t heads = nearest_heads(changed.model, tp);
      heads > 0 && (model.heads < tp || model.heads % changed.model.kv_head_count() != 0))
    set("model.heads", changed.model.heads, heads);
  if (model.mlp_width() % tp != 0)
    set("model.mlp_hidden", changed.model.mlp_hidden, rounded_up(model.mlp_width(), tp));
  if (model.vocab && *model.vocab % tp != 0)
    set("model.vocab", changed.model.vocab, rounded_up(*model.vocab, tp));
  return runs(changed) ? out : std::vector<std::string>{};
}

std::string MeshProposal::text(const Config& from) const {
  std::string out;
  for (const ConfigAxis& axis : kMeshAxes)
    out += fmt::format("{}{}={}", out.empty() ? "--mesh " : ",", axis.name,
                       (config.mesh.*axis.size).value_or(1));
  if (config.data_parallel.shard != from.data_parallel.shard)
    out += fmt::format(" --set data_parallel.shard={}", value_text(config.data_parallel.shard));
  if (config.mesh.sequence_parallel != from.mesh.sequence_parallel)
    out +=
        fmt::format(" --set mesh.sequence_parallel={}", value_text(config.mesh.sequence_parallel));
  if (config.batch.accumulate != from.batch.accumulate)
    out += fmt::format(" --set batch.accumulate={}", config.batch.accumulate);
  return out;
}

std::vector<MeshProposal> fitting_meshes(const Models& models, const Config& config, int64_t vocab,
                                         const DeviceProfile& profile, int64_t limit, size_t most) {
  const Search search(models, config, vocab, profile, limit);
  const int64_t ranks = mesh_of(config).size();
  const auto nearer = [&](const MeshConfig& a, const MeshConfig& b) {
    return distance(a, config.mesh) < distance(b, config.mesh);
  };
  std::vector<MeshProposal> out;
  for (const int64_t times : {1, 2, 4}) {
    std::vector<MeshConfig> meshes = meshes_of(ranks * times);
    std::stable_sort(meshes.begin(), meshes.end(), nearer);
    for (const MeshConfig& mesh : meshes)
      if (MeshProposal found;
          distance(mesh, config.mesh) <= 2 && out.size() < most && search.fits(mesh, found))
        out.push_back(std::move(found));
  }
  return out;
}

}  // namespace tessera
