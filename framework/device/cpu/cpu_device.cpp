#include "framework/device/cpu/cpu_device.h"

#include <algorithm>
#include <cstring>

#include "framework/core/error.h"
#include "framework/core/fastest_run.h"
#include "framework/core/threads.h"
#include "framework/device/cpu/isa.h"
#include "framework/device/cpu/memory.h"
#include "framework/device/cpu/profile.h"

namespace tessera {
namespace {

std::string gib(size_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / 0x1p30);
}

std::string kib(size_t bytes) {
  if (bytes == 0) return "unknown";
  return bytes < size_t{1} << 20 ? fmt::format("{} KiB", bytes >> 10)
                                 : fmt::format("{} MiB", bytes >> 20);
}

/// "sse41 avx2 avx512": every instruction set up to the widest.
std::string sets_up_to(Isa widest) {
  std::string text;
  for (Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx})
    if (isa <= widest) text += (text.empty() ? "" : " ") + std::string(to_string(isa));
  return text;
}

}  // namespace

std::byte* CpuDevice::allocate(size_t bytes) { return HostBuffer(bytes).release(); }
void CpuDevice::release(std::byte* data, size_t bytes) noexcept { HostBuffer::adopt(data, bytes); }

void CpuDevice::upload(void*, void* to, const void* from_host, size_t bytes) {
  std::memcpy(to, from_host, bytes);
}
void CpuDevice::download(void*, void* to_host, const void* from, size_t bytes) {
  std::memcpy(to_host, from, bytes);
}
void CpuDevice::copy(void*, void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
}

std::vector<Fact> CpuDevice::facts() const {
  const DeviceProfile& p = profile();
  const CacheSizes caches = cache_sizes();
  return {{"processor", p.model},
          {"cores", fmt::format("{} usable", available_cores())},
          {"instructions", sets_up_to(p.isa) + (p.isa == Isa::amx ? "" : " (no amx)")},
          {"caches",
           fmt::format("L1 {}, L2 {}, L3 {}", kib(caches.l1), kib(caches.l2), kib(caches.l3))},
          {"memory", fmt::format("{} usable, {} free now; huge pages: {}", gib(p.memory_bytes),
                                 gib(available_memory()), huge_pages())}};
}

std::vector<std::string> CpuDevice::misses() const {
  std::vector<std::string> lines;
  if (read_cpu_facts().has_amx() && profile().isa != Isa::amx)
    lines.emplace_back(
        "AMX: the processor has it, but the system does not grant it; Linux 5.16 or later is "
        "needed, and a virtual machine must pass it on");
  if (product_type(DType::bf16) != DType::bf16)
    lines.emplace_back(
        "bf16 products: this processor or oneDNN has none, so `precision.compute: bf16` saves "
        "memory but no time");
  if (profile().isa < Isa::avx2)
    lines.emplace_back("AVX2: everything runs, but slowly; use a processor with AVX2 and FMA");
  if (const std::string pages = huge_pages(); pages == "never" || pages == "absent")
    lines.push_back(fmt::format(
        "huge pages: {}; `echo madvise > /sys/kernel/mm/transparent_hugepage/enabled`, as root, "
        "makes large tensors faster",
        pages));
  if (available_memory() < size_t{2} << 30)
    lines.push_back(fmt::format(
        "memory: only {} are free; the small configs need about 2 GiB (`tessera plan CONFIG` says "
        "exactly)",
        gib(available_memory())));
  return lines;
}

size_t CpuDevice::peak_bytes() const { return peak_resident_bytes(); }

double CpuDevice::copy_gbytes_per_second(double seconds) const {
  constexpr size_t kLeast = size_t{64} << 20, kMost = size_t{512} << 20;
  // More bytes than any cache holds.
  const size_t bytes = std::clamp(2 * cache_sizes().l3, kLeast, kMost);
  HostBuffer from(bytes), to(bytes);
  std::memset(from.data(), 1, bytes);  // untouched pages would all be the one zero page
  const double time = fastest_run(seconds, [&] {
    parallel_for(
        static_cast<int64_t>(bytes), int64_t{1} << 20, [&](int64_t begin, int64_t end, int) {
          std::memcpy(to.data() + begin, from.data() + begin, static_cast<size_t>(end - begin));
        });
  });
  return 2.0 * static_cast<double>(bytes) / time * 1e-9;
}

int set_up_host(const CpuSettings& settings) {
  const int64_t most = int64_t{8} * available_cores(),
                threads = settings.threads.value_or(available_cores());
  require(threads <= most,
          "{}: {} threads on {} usable cores; more than {} would only wait for each other. {}",
          settings.threads_from, threads, available_cores(), most,
          settings.threads_from == "device.threads" ? "Leave it at auto, one for each core"
                                                    : "device.threads overrides it");
  set_thread_count(static_cast<int>(threads));
  flush_denormals();
  return thread_count();
}

std::shared_ptr<Device> make_cpu_device(const CpuSettings& settings, const KernelLibrary& kernels) {
  DeviceProfile profile = cpu_profile();
  profile.backend = kernels.backend;
  if (settings.isa) {
    profile = capped(profile, *settings.isa);
    if (kernels.hold_to) kernels.hold_to(profile.isa);
  }
  profile.threads = set_up_host(settings);
  if (settings.memory_bytes)
    profile.memory_bytes = std::min(profile.memory_bytes, *settings.memory_bytes);
  return std::make_shared<CpuDevice>(std::move(profile), kernels);
}

}  // namespace tessera
