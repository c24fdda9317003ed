// The device of a run, set up once per process before anything is compiled: threads, instruction-set caps, denormals.
#pragma once

#include "framework/config/config.h"
#include "framework/core/device_profile.h"

namespace tessera {

/// This machine's profile under the config's caps, applied to the process. UserError when the config asks for an
/// instruction set that the machine does not have.
DeviceProfile set_up_device(const DeviceConfig& config);

}  // namespace tessera
