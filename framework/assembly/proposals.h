// Proposals of what to change where a mesh does not suit a run: sizes that divide, and meshes that
// fit into memory.
#pragma once

#include <string>
#include <vector>

#include "framework/config/config.h"
#include "framework/core/device_profile.h"
#include "models/model.h"

namespace tessera {

/// Changes to a config, `key=value` each, that make its sizes divide on its mesh: the nearest
/// number of heads; batch, columns and vocabulary rounded up. Empty when they divide already or no
/// change of these sizes helps.
std::vector<std::string> sizes_that_divide(const Config& config);

struct MeshProposal {
  Config config;
  int64_t bytes = 0;  // planned on each rank
  bool exact = true;  // false: estimated from few of the model's layers

  /// The proposal as a user writes it: "--mesh dp=16,tp=16 --set data_parallel.shard=optimizer".
  std::string text(const Config& from) const;
};

/// At most `most` of the nearest meshes on which a rank's plan is within `limit` bytes: first those
/// of as many ranks, then of twice and four times as many, each with the least that must be sharded
/// to fit. The global batch stays.
std::vector<MeshProposal> fitting_meshes(const Models& models, const Config& config, int64_t vocab,
                                         const DeviceProfile& profile, int64_t limit,
                                         size_t most = 5);

}  // namespace tessera
