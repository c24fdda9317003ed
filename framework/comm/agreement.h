// What the ranks of a run decide together, and what must be the same on all of them before it begins.
#pragma once

#include <cstdint>
#include <string>

#include "framework/comm/communicator.h"
#include "framework/core/error.h"

namespace tessera {

/// The largest of all ranks' numbers, on all of them; `mine` where there is no world. Called by all ranks together.
int64_t agreed_max(World* world, int64_t mine);

/// What all ranks find together and throw alike: no rank's own failure.
class SharedError : public UserError {
 public:
  using UserError::UserError;
};

/// SharedError on every rank unless all ranks give the same text; the message names a rank that differs from rank 0, its host
/// and the first line that differs. `what`: "the configs and the data"; `advice`: what to do about it.
void require_same(
    World& world, const std::string& what, const std::string& text,
    const std::string& advice = "Start all ranks with the same program, config and data");

/// The first rank's complaint with the rank and its host before it, on all ranks; empty when none has one.
std::string first_complaint(World& world, const std::string& mine);

/// Rank 0's text, on all ranks.
std::string broadcast_text(World& world, int root, std::string text);

}  // namespace tessera
