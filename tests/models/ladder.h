// The ladder of meshes: every pair of settings of different kinds stands in one rung at least.
#pragma once

#include "tests/models/toy_configs.h"

namespace tessera::testing {

struct Rung {
  int64_t dp, tp;
  const char* shard;
  bool sequence;
  int64_t accumulate;
  const char* recompute;
};

inline std::string name_of(const Rung& r) {
  return fmt::format("dp{}_tp{}_{}{}_x{}_{}", r.dp, r.tp, r.shard, r.sequence ? "_sp" : "",
                     r.accumulate, r.recompute);
}

inline Sets sets_of(const Rung& r) {
  return {fmt::format("mesh.dp={}", r.dp),
          fmt::format("mesh.tp={}", r.tp),
          fmt::format("mesh.sequence_parallel={}", r.sequence),
          fmt::format("data_parallel.shard={}", r.shard),
          fmt::format("batch.accumulate={}", r.accumulate),
          fmt::format("recompute.policy={}", r.recompute)};
}

inline const std::vector<Rung> kRungs{
    {2, 1, "none", false, 1, "none"},           {2, 1, "optimizer", false, 3, "selective"},
    {2, 1, "gradients", false, 3, "none"},      {2, 1, "parameters", false, 1, "full"},
    {1, 2, "none", false, 3, "none"},           {1, 2, "none", true, 1, "full"},
    {2, 2, "none", true, 3, "selective"},       {2, 2, "optimizer", true, 1, "none"},
    {2, 2, "gradients", false, 1, "full"},      {2, 2, "parameters", true, 3, "none"},
    {1, 4, "none", false, 1, "selective"},      {1, 4, "none", true, 3, "none"},
    {2, 2, "gradients", true, 3, "full"},       {2, 2, "parameters", false, 1, "selective"},
    {2, 1, "gradients", false, 1, "selective"}, {2, 2, "optimizer", false, 3, "full"},
    {1, 2, "none", false, 1, "selective"},      {1, 4, "none", false, 1, "full"}};

/// What all rungs set: sizes that every mesh divides, dropout on.
inline const Sets kOnTheLadder{"model.vocab=64", "model.dropout=0.1", "model.attention_dropout=0.1",
                               "batch.sequences=12"};

}  // namespace tessera::testing
