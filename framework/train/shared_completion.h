// Completions of many prompts by the replicas of a mesh: the same texts as one rank makes, but for
// the rounding of sums that are made in parts.
#pragma once

#include "framework/train/completion.h"

namespace tessera {

/// complete() by the generator's replicas, which share the prompts out. All ranks call it together
/// with the same prompts and options. Of the events, `made` and `stops` are asked on every rank of
/// the replica that has the prompt, and must answer alike there; `done` is told to rank 0 alone: in
/// the order of the prompts where there are several replicas.
void complete_shared(Generator& generator, std::span<const std::vector<int32_t>> prompts,
                     const CompletionOptions& options, const CompletionEvents& events);

}  // namespace tessera
