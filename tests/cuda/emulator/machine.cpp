#include "tests/cuda/emulator/machine.h"

#include <cstring>
#include <mutex>
#include <utility>

#include "framework/core/error.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "tests/cuda/emulator/block.h"
#include "tests/cuda/emulator/hooks.h"
#include "tests/cuda/emulator/judge.h"
#include "tests/cuda/emulator/memory.h"

namespace tessera::emulator {

Now now;

namespace {

Order order = Order::forward;
LaunchHook hook;
const char* mistake = nullptr;
std::mutex one_launch;  // at a time: the machine is a single one
std::byte slots[2][kMostThreads][kSlot];

struct Grid {
  std::string name;
  int64_t blocks;
  int threads;
  size_t shared_bytes;
};

void run_grid(const Grid& grid, const std::function<void()>& thread) {
  const std::lock_guard lock(one_launch);
  begin_launch(grid.name, hooks_are_called());
  BlockEnd end;
  for (int64_t b = 0; b < grid.blocks; ++b) {
    now = {0, grid.threads, b, grid.blocks};
    clear_shared(grid.shared_bytes);
    begin_block();
    end = run_block(thread, order, static_cast<uint64_t>(b), &order_group);
    if (!end.divergence.empty() || end.stopped) break;
  }
  end_launch();
  if (!end.divergence.empty())
    report(grid.name + " divergence",
           fmt::format("DIVERGENCE in block {}: {}", now.block, end.divergence));
  require(end.failure.empty(), "{}", end.failure);
}

}  // namespace

void block_barrier(std::source_location line) { meet_block(line); }

const std::byte* warp_exchange(const void* mine, size_t bytes, std::source_location line) {
  const Group& warp = my_warp();
  auto& round = slots[warp.phase % 2];
  std::memcpy(round[now.thread], mine, bytes);
  meet_warp(line, false);
  return round[warp.first];
}

void fail(const char* text) { stop_block(text); }

bool planted(const char* name) { return mistake && std::strcmp(mistake, name) == 0; }

void plant(const char* name) { mistake = name; }

void set_order(Order wanted) { order = wanted; }

void set_launch_hook(LaunchHook wanted) { hook = std::move(wanted); }

void launch(const gpu::Launch& on, std::function<void()> thread) {
  if (on.blocks == 0) return;
  require(on.blocks > 0 && on.blocks <= INT32_MAX, "{} has too many blocks: {}", on.name,
          on.blocks);
  check(on.shared_bytes <= gpu::kMaxShared, "{} takes {} bytes of shared memory", on.name,
        on.shared_bytes);
  check(on.threads > 0 && on.threads <= kMostThreads && on.threads % gpu::kWarp == 0,
        "{} has blocks of {} threads", on.name, on.threads);
  const Grid grid{on.name, on.blocks, on.threads, on.shared_bytes};
  if (!hook) return run_grid(grid, thread);
  hook(on.stream, [grid, thread = std::move(thread)] { run_grid(grid, thread); });
}

}  // namespace tessera::emulator
