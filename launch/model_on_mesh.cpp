#include "launch/model_on_mesh.h"

#include <fmt/format.h>

#include "framework/assembly/device.h"
#include "framework/assembly/layouts.h"
#include "framework/comm/agreement.h"
#include "framework/config/field.h"
#include "framework/config/parse.h"
#include "framework/config/print.h"
#include "framework/core/error.h"
#include "launch/same_program.h"

namespace tessera {
namespace {

bool states_mesh(const std::string& set) { return set.starts_with("mesh."); }

/// What must be the same on all ranks.
std::string identity_of(const ModelSource& source, const Config& config) {
  std::string text = fmt::format("model: {}\n{}", source.place.string(), to_yaml(config));
  if (source.checkpoint) text += source.checkpoint->run_json();
  if (source.outside) text += source.outside->original().dump();
  if (source.tokenizer) text += fmt::format("\ntokenizer: {}", source.tokenizer->fingerprint());
  return text;
}

}  // namespace

MeshConfig stated_mesh(std::span<const std::string> sets) {
  Config config;
  for (const std::string& set : sets) {
    const size_t equals = set.find('=');
    const std::string key = set.substr(0, equals);
    require(!key.starts_with("data_parallel."),
            "--set {}: it says what training divides among the ranks along dp; where a model is "
            "only read, each of them holds a whole one, split by mesh.tp; leave it out",
            set);
    if (!states_mesh(set)) continue;
    bool known = false;
    for (const Section& section : bind_fields(config))
      for (const Field& field : section.fields) {
        if (field.path() != key) continue;
        known = true;
        const std::string value = equals == std::string::npos ? "" : set.substr(equals + 1);
        if (const auto complaint = field.read(value); !complaint.empty())
          user_error("--set {}: {}", set, complaint);
      }
    require(known, "--set {}: there is no key {}; `tessera config --keys` lists them", set, key);
  }
  require(!config.mesh.sequence_parallel,
          "--set mesh.sequence_parallel=true: it divides the sequences of training; where a model "
          "is only read, leave it out");
  return config.mesh;
}

std::vector<std::string> sets_of_model(std::span<const std::string> sets) {
  std::vector<std::string> out;
  for (const std::string& set : sets)
    if (!states_mesh(set)) out.push_back(set);
  return out;
}

ModelOnMesh on_mesh(ModelSource source, const MeshConfig& mesh, const Ranks& ranks) {
  Config config = source.config;
  config.mesh = resolve_sizes(mesh, ranks.size());
  config.mesh.pads_vocab = true;
  check_config(of_replica(config));
  if (ranks.world())
    require_same(*ranks.world(), "the models", identity_of(source, config),
                 "Put the model on a file system that all hosts share, and start all ranks alike");
  if (const std::string warning = ranks.placement_warning(config);
      ranks.leads() && !warning.empty())
    fmt::print(stderr, "{}\n", warning);
  Replica replica(mesh_of(config), ranks.world());
  const auto device = ranks.set_up(config.device);
  if (ranks.world()) require_same_program(*ranks.world(), *device);
  return {std::move(source), of_replica(std::move(config)), std::move(replica), device};
}

ModelOnMesh open_on_mesh(const std::string& named, std::span<const std::string> sets,
                         const Ranks& ranks) {
  return on_mesh(open_source(named, sets_of_model(sets), ranks.leads()), stated_mesh(sets), ranks);
}

}  // namespace tessera
