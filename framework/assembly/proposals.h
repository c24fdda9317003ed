// proposals: what to change where a mesh does not suit a run: sizes that divide, and meshes that fit into memory.
#pragma once

#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/core/device_profile.h"
#include "models/model.h"

namespace tessera {

/// Changes to a config, `key=value` each, that make its sizes divide on its mesh: the nearest heads and batch, columns and
/// vocabulary rounded up. Empty when they divide already or no change of these sizes helps.
std::vector<std::string> sizes_that_divide(const Config& config);

struct MeshProposal {
  Config config;
  int64_t bytes = 0;  // planned on each rank
  bool exact = true;  // a model of many layers is estimated from few of them

  /// As a user writes it: "--mesh dp=16,tp=16 --set data_parallel.shard=optimizer".
  std::string text(const Config& from) const;
};

/// The nearest meshes on which a rank's plan is within `limit` bytes, at most `most`: of as many ranks, then of twice and
/// four times as many, each with the least that must be sharded for it. The global batch stays.
std::vector<MeshProposal> fitting_meshes(const Models& models, const Config& config, int64_t vocab,
                                         const DeviceProfile& profile, int64_t limit,
                                         size_t most = 5);

}  // namespace tessera
