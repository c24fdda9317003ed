#include "tests/cuda/emulator/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <map>

#include "framework/core/error.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "tests/cuda/emulator/hooks.h"
#include "tests/cuda/emulator/judge.h"

namespace tessera::emulator {
namespace {

// Between buffers there is room, so that accesses past the end hit nobody else.
constexpr size_t kArena = size_t{4} << 30, kGap = 4096, kAlignment = 256;
constexpr size_t kGuard = 1024;         // bytes behind a buffer that must stay as they are
constexpr unsigned char kUnset = 0xff;  // NaN in every float type
constexpr uint64_t kHost = 1;           // the turn in which the host writes

uintptr_t arena() {
  static const uintptr_t begin = [] {
    void* at = mmap(nullptr, kArena, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    check(at != MAP_FAILED, "no memory for the emulated device");
    return reinterpret_cast<uintptr_t>(at);
  }();
  return begin;
}

std::map<uintptr_t, Buffer> buffers;
uintptr_t arena_end = 0;

alignas(256) std::byte shared[gpu::kMaxShared + kGap];
Buffer shared_memory_buffer{"shared memory", 0, 0, 2, {}};

}  // namespace

void* allocate(const std::string& name, size_t bytes, size_t granule, bool written) {
  check(granule > 0 && bytes % granule == 0, "a buffer of {} bytes in elements of {}", bytes,
        granule);
  const uintptr_t begin =
      (std::max(arena_end, arena()) + kGap + kAlignment - 1) / kAlignment * kAlignment;
  check(begin + bytes + kGap <= arena() + kArena, "the emulated device is full");
  arena_end = begin + bytes;
  std::fill_n(reinterpret_cast<unsigned char*>(begin), bytes + kGuard, kUnset);
  Buffer& buffer = buffers[begin] = {name, begin, bytes, granule, {}};
  if (hooks_are_called()) {
    Cell cell;
    if (written) cell.write.turn = kHost;
    buffer.cells.assign(bytes / granule, cell);
  }
  return reinterpret_cast<void*>(begin);
}

void release_all() {
  for (const auto& [begin, buffer] : buffers) {
    const auto* behind = reinterpret_cast<const unsigned char*>(begin + buffer.bytes);
    if (std::any_of(behind, behind + kGuard, [](unsigned char c) { return c != kUnset; }))
      report("behind " + buffer.name, "OUT OF BOUNDS: a write behind " + buffer.name);
  }
  buffers.clear();
  arena_end = 0;
}

Buffer* buffer_at(uintptr_t at) {
  const auto next = buffers.upper_bound(at);
  return next == buffers.begin() ? nullptr : &std::prev(next)->second;
}

bool in_device_memory(uintptr_t at) { return at - arena() < kArena; }

void clear_shared(size_t bytes) {
  std::fill_n(reinterpret_cast<unsigned char*>(shared), bytes, kUnset);
  shared_memory_buffer.begin = reinterpret_cast<uintptr_t>(shared);
  shared_memory_buffer.bytes = bytes;
  shared_memory_buffer.cells.assign((bytes + 1) / 2, {});
}

Buffer& shared_buffer() { return shared_memory_buffer; }

bool in_shared_memory(uintptr_t at) {
  return at - reinterpret_cast<uintptr_t>(shared) < sizeof shared;
}

std::byte* shared_memory() { return shared; }

}  // namespace tessera::emulator
