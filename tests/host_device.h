// The host as a device with any profile: another backend, fewer threads, a lower instruction set.
#pragma once

#include <memory>

#include "framework/device/cpu/cpu_device.h"
#include "framework/runtime/kernels.h"

namespace tessera {

inline std::shared_ptr<Device> host_device(const DeviceProfile& profile) {
  return std::make_shared<CpuDevice>(profile, kernels_of(profile.backend));
}

}  // namespace tessera
