// A collective node as something a session can run: the call it makes of a communicator.
#pragma once

#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// `name` is the value's, for reports. Without a world in `place` the kernel can be planned with, not run.
Kernel prepare_collective(const KernelSpec& spec, const std::string& name, const MeshPlace& place);

}  // namespace tessera
