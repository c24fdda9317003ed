// The profile of the machine that the program runs on: instruction set, cores, memory. It is
// detected once and handed on as a value; `tessera plan` can put the memory of another machine in
// its place. The sizes of the caches are for this room alone.
#pragma once

#include <filesystem>

#include "framework/core/device_profile.h"

namespace tessera {

/// What this process may use of this machine.
DeviceProfile cpu_profile();

/// `profile` held down to `isa` (the config's `device.isa`). Throws UserError when the machine has
/// less than that.
DeviceProfile capped(DeviceProfile profile, Isa isa);

/// Sizes of the data caches that one core sees, in bytes; 0 when the system does not tell.
struct CacheSizes {
  size_t l1 = 0, l2 = 0, l3 = 0;
};
CacheSizes cache_sizes(const std::filesystem::path& root = "/");

}  // namespace tessera
