// What the ranks of a run decide together, and what must be the same on all of them before the run
// begins.
#pragma once

#include <cstdint>
#include <string>

#include "framework/comm/communicator.h"
#include "framework/core/error.h"

namespace tessera {

/// Returns the largest of all ranks' numbers on all of them, and `mine` where there is no world.
/// All ranks call it together.
int64_t agreed_max(World* world, int64_t mine);

/// An error that all ranks find together and throw alike, and that is no single rank's failure.
class SharedError : public UserError {
 public:
  using UserError::UserError;
};

/// Throws SharedError on every rank unless all ranks give the same text. The message names a rank
/// that differs from rank 0, its host and the first line that differs. `what` names the texts ("the
/// configs and the data"), and `advice` says what to do about a difference.
void require_same(
    World& world, const std::string& what, const std::string& text,
    const std::string& advice = "Start all ranks with the same program, config and data");

/// Returns, on all ranks, the complaint of the first rank that has one, with that rank and its host
/// in front; empty when no rank has a complaint.
std::string first_complaint(World& world, const std::string& mine);

/// Returns the text of rank `root` on all ranks of a group; the texts that the others give are
/// ignored.
std::string broadcast_text(Communicator& group, int root, std::string text);
std::string broadcast_text(World& world, int root, std::string text);

}  // namespace tessera
