#include "framework/train/device.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/device/cpu/profile.h"
#include "framework/kernels/cpu/shared/isa_cap.h"

namespace tessera {

DeviceProfile set_up_device(const DeviceConfig& config) {
  DeviceProfile profile = cpu_profile();
  if (config.isa) {
    profile = capped(profile, *config.isa);
    cpu::hold_process_to(profile.isa);
  }
  const int64_t most = int64_t{8} * available_cores(),
                threads = config.threads.value_or(profile.threads);
  require(threads <= most,
          "device.threads: {} threads on {} usable cores; more than {} would only wait for each "
          "other. Leave it at auto, one for each core",
          threads, available_cores(), most);
  set_thread_count(static_cast<int>(threads));
  profile.threads = thread_count();
  if (config.memory)
    profile.memory_bytes =
        std::min(profile.memory_bytes, static_cast<size_t>(config.memory->bytes));
  flush_denormals();
  return profile;
}

}  // namespace tessera
