// Judges the accesses of the checked form. Vector clocks say what is ordered: each thread has a
// clock and knows those of others as of the last barrier that it shared with them. Two accesses of
// one element, one of them a write, that no barrier orders are a race, whichever came first here;
// so one run finds what runs in other orders might not show.
#pragma once

#include <string>

#include "tests/cuda/emulator/block.h"

namespace tessera::emulator {

/// The next accesses are those of a launch; judged when `judging`.
void begin_launch(const std::string& kernel, bool judging);
void begin_block();
void end_launch();

/// Threads of the group know from now on what each of them knew.
void order_group(const Group& group);

/// Adds a finding, once for each `key` since take_reports.
void report(const std::string& key, const std::string& text);

}  // namespace tessera::emulator
