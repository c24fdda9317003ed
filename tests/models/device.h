// The machine under test. TESSERA_TEST_ISA holds the process down to an instruction set, oneDNN
// included, which takes no other cap later: a sweep over instruction sets runs this program again
// with that variable set.
#pragma once

#include <cstdlib>

#include "framework/assembly/device.h"

namespace tessera::testing {

inline const DeviceProfile& device() {
  static const DeviceProfile profile = [] {
    DeviceConfig config;
    if (const char* isa = std::getenv("TESSERA_TEST_ISA")) config.isa = parse_isa(isa);
    return make_device(config)->profile();
  }();
  return profile;
}

/// The reference backend: plain loops instead of kernels.
inline DeviceProfile reference_device() {
  DeviceProfile profile = device();
  profile.backend = "reference";
  return profile;
}

}  // namespace tessera::testing
