#include "framework/device/cpu/profile.h"

#include <fstream>
#include <string>

#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/device/cpu/isa.h"
#include "framework/device/cpu/memory.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::string cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name"))
      if (const size_t colon = line.find(": "); colon != std::string::npos)
        return line.substr(colon + 2);
  return "unknown";
}

/// "48K", "2048K" or "32M" in bytes.
size_t parse_size(const std::string& text) {
  size_t digits = 0, value = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    value = value * 10 + static_cast<size_t>(text[digits] - '0');
  if (digits < text.size() && text[digits] == 'K') value <<= 10;
  if (digits < text.size() && text[digits] == 'M') value <<= 20;
  return value;
}

}  // namespace

CacheSizes cache_sizes(const fs::path& root) {
  CacheSizes sizes;
  for (int index = 0;; ++index) {
    const fs::path cache =
        root / "sys/devices/system/cpu/cpu0/cache" / ("index" + std::to_string(index));
    int level = 0;
    std::string type, size;
    if (!(std::ifstream(cache / "level") >> level)) return sizes;
    if (!(std::ifstream(cache / "type") >> type) || type == "Instruction") continue;
    if (!(std::ifstream(cache / "size") >> size)) continue;
    if (level == 1) sizes.l1 = parse_size(size);
    if (level == 2) sizes.l2 = parse_size(size);
    if (level == 3) sizes.l3 = parse_size(size);
  }
}

DeviceProfile cpu_profile() {
  DeviceProfile profile;
  profile.backend = "cpu";
  profile.model = cpu_model();
  profile.isa = isa_of(read_cpu_facts());
  profile.threads = available_cores();
  profile.memory_bytes = memory_limit();
  return profile;
}

DeviceProfile capped(DeviceProfile profile, Isa isa) {
  require(isa <= profile.isa, "device.isa: {} is asked for, but this machine has only {}",
          to_string(isa), to_string(profile.isa));
  profile.isa = isa;
  return profile;
}

}  // namespace tessera
