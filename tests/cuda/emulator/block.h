// The threads of one block: fibers that run in turn, and wait for each other.
#pragma once

#include <cstdint>
#include <functional>
#include <source_location>
#include <string>

#include "tests/cuda/emulator/machine.h"

namespace tessera::emulator {

inline constexpr int kMostThreads = 1024;

/// Threads that meet: a block, or one of its warps.
struct Group {
  int first = 0, size = 0, arrived = 0, phase = 0;
};

struct BlockEnd {
  std::string divergence;  // which threads never met the others; empty: all ended
  std::string failure;     // what a thread failed with
  bool stopped = false;    // a thread failed, or cannot go on
};

/// Runs `thread` once for each of `now.threads` threads. `met` is called whenever all threads of a
/// group have met at a barrier, which orders their memory.
BlockEnd run_block(const std::function<void()>& thread, Order order, uint64_t seed,
                   void (*met)(const Group&));

/// What the running thread calls: waits until all threads of its block, or its warp, have come.
void meet_block(std::source_location line);
/// `orders` says whether the meeting orders memory.
void meet_warp(std::source_location line, bool orders);
const Group& my_warp();
/// Ends the block. Without a text there is a report of what happened.
[[noreturn]] void stop_block(const char* failure = "");

/// Whether `at` lies on the stack of a thread: its own variables.
bool on_a_stack(const void* at);

}  // namespace tessera::emulator
