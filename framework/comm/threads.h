// A world of n ranks in one process, each a thread, which lets a debugger and the thread sanitizer
// reach the whole of distributed training. The world has no thread of its own: the rank that comes
// last to a collective carries it out for all.
#pragma once

#include <functional>

#include "framework/comm/communicator.h"

namespace tessera {

/// Runs `body` on `ranks` threads, each with its own world. An exception on one rank ends the
/// others' waits with WorldAborted. When all ranks have ended, the first exception is thrown again,
/// a WorldAborted only where there is no other. A wait for a rank that has ended its body throws
/// InternalError.
void run_threads(int ranks, const std::function<void(World&)>& body);

}  // namespace tessera
