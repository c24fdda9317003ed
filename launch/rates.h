// The rates of a machine to plan for, as the command line gives them:
//   --flops 100GFLOP/s    what one rank reaches over a whole step, as `tessera bench` prints it
//   --links tp=20GB/s:5us,dp=1Gbit/s:50us         bandwidth and latency by mesh axis, or
//   --links intra=20GB/s:5us,inter=1Gbit/s:50us   inside a host and between hosts,
//                                                 with --ranks-per-host
#pragma once

#include <string>

#include "framework/mesh/mesh.h"
#include "framework/report/timeline.h"

namespace tessera {

/// Throws UserError, which names the option, when a text is malformed or a link is missing.
/// `ranks_per_host` 0 stands for the number of ranks in a tp group. An axis whose groups lie on
/// several hosts uses `inter`, which all ranks of a host share.
Rates parse_rates(const std::string& flops, const std::string& links, const Mesh& mesh,
                  int64_t ranks_per_host);

}  // namespace tessera
