// The device of a run, set up before anything is compiled: threads, instruction-set cap, denormals. The cap is one per
// process.
#pragma once

#include "framework/config/config.h"
#include "framework/core/device_profile.h"

namespace tessera {

/// This machine's profile under the config's caps, applied to the process. May be repeated. UserError when the config asks
/// for more than 8 threads for each core that this process may use, for an instruction set that the machine does not have, or for another than the process is held to already.
DeviceProfile set_up_device(const DeviceConfig& config);

}  // namespace tessera
