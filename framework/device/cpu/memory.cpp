#include "framework/device/cpu/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>
#include <vector>

#include "framework/core/cgroups.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

std::atomic<size_t> bytes_now{0}, bytes_peak{0};

size_t rounded_up(size_t n, size_t unit) { return (n + unit - 1) / unit * unit; }
size_t page_size() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

size_t mapped_bytes(size_t size) {
  return rounded_up(size, size >= kHugePage ? kHugePage : page_size());
}

/// The number behind `key` in a file of "key number" or "key: number kB" lines; `otherwise` when
/// there is no such key.
size_t field(const fs::path& file, std::string_view key, size_t otherwise) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, unit;
    size_t value = 0;
    if (words >> name >> value && (name == key || name == std::string(key) + ":"))
      return words >> unit && unit == "kB" ? value * 1024 : value;
  }
  return otherwise;
}

/// The number in a file; `otherwise` when the file is absent or says "max".
size_t number(const fs::path& file, size_t otherwise) {
  std::ifstream in(file);
  size_t value = 0;
  return in >> value ? value : otherwise;
}

/// Names of the files of one cgroup version's memory controller.
struct Controller {
  const char *limit, *usage, *reclaimable;
};
constexpr Controller kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_inactive_file"};
constexpr Controller kVersion2{"memory.max", "memory.current", "inactive_file"};

const Controller& files_of(const Cgroup& group) {
  return group.version == 1 ? kVersion1 : kVersion2;
}

}  // namespace

HostBuffer::HostBuffer(size_t bytes) {
  if (bytes == 0) return;
  const auto refused = [&](int error) {
    user_error(
        "the machine refused {:.1f} MiB of memory ({}; {:.1f} MiB are free): make the model or "
        "the batch smaller, free memory, or raise this process's limit (ulimit -v)",
        static_cast<double>(bytes) / 0x1p20, std::strerror(error),
        static_cast<double>(available_memory()) / 0x1p20);
  };
  if (bytes > kNoLimit / 2) refused(ENOMEM);
  const size_t mapped = mapped_bytes(bytes);
  const size_t slack = bytes >= kHugePage ? kHugePage : 0;  // room to begin on a huge-page boundary
  void* const raw =
      mmap(nullptr, mapped + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) refused(errno);
  auto* start = static_cast<std::byte*>(raw);
  if (slack > 0) {
    const size_t before =
        rounded_up(reinterpret_cast<uintptr_t>(raw), kHugePage) - reinterpret_cast<uintptr_t>(raw);
    if (before > 0) munmap(start, before);
    start += before;
    if (slack > before) munmap(start + mapped, slack - before);
    // This is only advice: without huge pages the memory is as good.
    madvise(start, mapped, MADV_HUGEPAGE);
  }
  data_ = start;
  size_ = bytes;
  const size_t now = bytes_now += bytes;
  for (size_t peak = bytes_peak; peak < now && !bytes_peak.compare_exchange_weak(peak, now);) {
  }
}

HostBuffer::~HostBuffer() {
  if (data_ == nullptr) return;
  munmap(data_, mapped_bytes(size_));
  bytes_now -= size_;
}

BufferBytes buffer_bytes() { return {bytes_now, bytes_peak}; }
void reset_buffer_peak() { bytes_peak = bytes_now.load(); }

size_t peak_resident_bytes() { return field("/proc/self/status", "VmHWM", 0); }

size_t memory_limit(const fs::path& root) {
  size_t limit = field(root / "proc/meminfo", "MemTotal", kNoLimit);
  for (const Cgroup& group : cgroups_of("memory", root))
    limit = std::min(limit, number(group.folder / files_of(group).limit, kNoLimit));
  check(limit != kNoLimit, "neither /proc/meminfo nor a cgroup tells how much memory there is");
  return limit;
}

size_t available_memory(const fs::path& root) {
  size_t available = field(root / "proc/meminfo", "MemAvailable", kNoLimit);
  for (const Cgroup& group : cgroups_of("memory", root)) {
    const fs::path& folder = group.folder;
    const Controller& files = files_of(group);
    const size_t limit = number(folder / files.limit, kNoLimit);
    if (limit == kNoLimit) continue;
    const size_t usage = number(folder / files.usage, 0);
    const size_t cache = field(folder / "memory.stat", files.reclaimable, 0);
    const size_t held = usage - std::min(usage, cache);
    available = std::min(available, limit - std::min(limit, held));
  }
  check(available != kNoLimit, "/proc/meminfo does not tell how much memory is free");
  return available;
}

std::string huge_pages(const fs::path& root) {
  std::ifstream in(root / "sys/kernel/mm/transparent_hugepage/enabled");
  for (std::string word; in >> word;)
    if (word.front() == '[' && word.back() == ']') return word.substr(1, word.size() - 2);
  return "absent";
}

}  // namespace tessera
