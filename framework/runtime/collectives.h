// A collective node as something a session can run: the call it makes of a communicator.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// Tickets of the collectives of one graph that are started and waited for apart, by the attribute
/// `ticket`.
using Tickets = std::map<int64_t, std::shared_ptr<Communicator::Ticket>>;

/// The kernel of a collective node. `name` is the name of its value, for reports. Without a world
/// in `place` the kernel can be planned with but not run. Each run is counted in `exchanged`.
Kernel prepare_collective(const KernelSpec& spec, const std::string& name, const MeshPlace& place,
                          Tickets& tickets, const std::shared_ptr<Traffic>& exchanged);

}  // namespace tessera
