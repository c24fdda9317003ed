#include "framework/train/device.h"

#include <algorithm>

#include "framework/core/threads.h"
#include "framework/device/cpu/profile.h"
#include "framework/kernels/cpu/isa_cap.h"

namespace tessera {

DeviceProfile set_up_device(const DeviceConfig& config) {
  DeviceProfile profile = cpu_profile();
  if (config.isa) {
    profile = capped(profile, *config.isa);
    cpu::hold_process_to(profile.isa);
  }
  set_thread_count(static_cast<int>(config.threads.value_or(profile.threads)));
  profile.threads = thread_count();
  if (config.memory)
    profile.memory_bytes =
        std::min(profile.memory_bytes, static_cast<size_t>(config.memory->bytes));
  flush_denormals();
  return profile;
}

}  // namespace tessera
