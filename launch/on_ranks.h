// Verbs whose work several processes share: the ranks meet, and what is wrong on one of them ends
// all, with one message.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "launch/command_line.h"
#include "launch/ranks.h"

namespace tessera {

/// Parses the command line and runs `body` on all ranks; returns the status of the process. Keys of
/// the mesh among `--set` say how long ranks wait for one another.
int on_ranks(const CommandLine& line, std::span<const std::string> args,
             const std::function<int(const Arguments& given, const Ranks& ranks)>& body);

}  // namespace tessera
