// A collective node as something a session can run: the call it makes of a communicator.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// The collectives of one graph that are started and waited for apart, by the attribute `ticket`.
using Tickets = std::map<int64_t, std::shared_ptr<Communicator::Ticket>>;

/// `name` is the value's, for reports. Without a world in `place` the kernel can be planned with, not run. Each run of it is
/// counted in `exchanged`.
Kernel prepare_collective(const KernelSpec& spec, const std::string& name, const MeshPlace& place,
                          Tickets& tickets, const std::shared_ptr<Traffic>& exchanged);

}  // namespace tessera
