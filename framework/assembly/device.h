// The device of a run, made from its config before anything is compiled.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "framework/config/config.h"
#include "framework/device/device.h"

namespace tessera {

/// The device that the config names, of this machine, under the config's caps, which are applied to the process; may be
/// called again. The number of threads is the config's, else that of OMP_NUM_THREADS, else `share`
/// (of the cores; nothing: all). The `ranks` of this run share the memory evenly, unless the config
/// says what each may use. Throws UserError when more is asked for than there is.
std::shared_ptr<Device> make_device(const DeviceConfig& config, int ranks = 1,
                                    std::optional<int64_t> share = {});

/// "4 threads (OMP_NUM_THREADS)": how many a rank has, and who has said so when it was not the
/// config.
std::string threads_text(const DeviceConfig& config, const DeviceProfile& profile);

}  // namespace tessera
