// N ranks in one process, each a thread: the whole of distributed training where a debugger and the thread sanitizer
// reach it. It has no thread of its own: the rank that comes last to a collective does it for all.
#pragma once

#include <functional>

#include "framework/comm/communicator.h"

namespace tessera {

/// Runs `body` on `ranks` threads, each with its world. An exception on one rank ends the others' waits with WorldAborted;
/// when all have ended the first is thrown again, WorldAborted only where there is no other. A wait for a rank that has
/// ended its body is an InternalError.
void run_threads(int ranks, const std::function<void(World&)>& body);

}  // namespace tessera
