// `tessera doctor`: what this machine has, how fast it is, and what it misses.
#include <fmt/format.h>

#include <vector>

#include "framework/core/threads.h"
#include "framework/device/cpu/isa.h"
#include "framework/device/cpu/memory.h"
#include "framework/device/cpu/profile.h"
#include "framework/kernels/cpu/shared/matmul_rate.h"
#include "framework/kernels/cpu/shared/onednn.h"
#include "launch/command_line.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

void row(std::string_view name, const std::string& text) { fmt::print("{:<13} {}\n", name, text); }

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

/// What is lacking and what to do about it, one line each.
std::vector<std::string> misses(const DeviceProfile& profile, const CpuFacts& facts) {
  std::vector<std::string> lines;
  if (facts.has_amx() && profile.isa != Isa::amx)
    lines.emplace_back(
        "AMX: the processor has it, but the system does not grant it; Linux 5.16 or later is "
        "needed, and a virtual machine must pass it on");
  if (!cpu::onednn_multiplies_bf16())
    lines.emplace_back(
        "bf16 products: this processor or oneDNN has none, so `precision.compute: bf16` saves "
        "memory but no time");
  if (profile.isa < Isa::avx2)
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

}  // namespace

int run_doctor(std::span<const std::string> args) {
  const CommandLine line{"doctor",
                         "Says what this machine has (cores, instruction sets, caches, memory, "
                         "libraries), how fast it "
                         "multiplies and copies, and what it misses. Takes about a second.",
                         {},
                         {{"no-measure", "", "leave the measurements out"}},
                         {}};
  const auto given = line.parse(args);
  if (!given) return 0;

  const CpuFacts facts = read_cpu_facts();
  const DeviceProfile profile = cpu_profile();
  row("processor", profile.model);
  row("cores", fmt::format("{} usable", profile.threads));
  row("instructions", sets_up_to(profile.isa) + (profile.isa == Isa::amx ? "" : " (no amx)"));
  row("caches", fmt::format("L1 {}, L2 {}, L3 {}", kib(profile.l1_bytes), kib(profile.l2_bytes),
                            kib(profile.l3_bytes)));
  row("memory", fmt::format("{} usable, {} free now; huge pages: {}", gib(profile.memory_bytes),
                            gib(available_memory()), huge_pages()));
  row("tessera",
      fmt::format("{}, built by {} {}", TESSERA_VERSION, TESSERA_COMPILER, TESSERA_BUILD_TYPE));
  row("oneDNN", cpu::onednn_version());
  if (!given->has("no-measure")) {
    set_thread_count(profile.threads);
    row("f32 matmul", fmt::format("{:.0f} GFLOP/s", cpu::matmul_gflops(DType::f32)));
    row("bf16 matmul", cpu::onednn_multiplies_bf16()
                           ? fmt::format("{:.0f} GFLOP/s", cpu::matmul_gflops(DType::bf16))
                           : "not possible here");
    row("memory copy", fmt::format("{:.1f} GB/s", cpu::memory_gbytes_per_second()));
  }
  const std::vector<std::string> lines = misses(profile, facts);
  row("misses", lines.empty() ? "nothing" : lines.front());
  for (size_t i = 1; i < lines.size(); ++i) row("", lines[i]);
  return 0;
}

}  // namespace tessera
