// timeline: how long a planned graph will take on one rank. Its steps are walked in order with a
// clock for computing and one for each axis's link. A collective is under way from its start to its
// wait; one that is not started apart holds up everything. What the rank then waits for is exposed
// communication.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/plan/plan.h"
#include "framework/report/traffic.h"

namespace tessera {

/// The speed of the link that one rank's exchange along an axis goes over.
struct Link {
  double bytes_per_second = 0, latency = 0;  // latency: seconds of one message
};

struct Rates {
  double flops = 0;                   // per second, on one rank
  std::map<std::string, Link> links;  // by axis
};

/// Seconds of a collective: messages times latency, plus bytes sent by bandwidth, as in rings and
/// pairwise exchange. With n ranks that is n-1 messages, and for all_reduce twice that number
/// (Thakur, Rabenseifner and Gropp 2005; Chan et al. 2007, without their term for adding).
double seconds_of(const Exchange& exchange, const Link& link);

struct Timeline {
  struct Axis {
    double busy = 0, exposed = 0, critical = 0;
  };
  struct Wait {
    std::string name, axis;
    double seconds = 0;
  };

  double seconds = 0, compute = 0;
  /// Computing on the critical path; Axis::critical is the rest of the path.
  double critical_compute = 0;
  std::map<std::string, Axis> axes;  // busy: its link; exposed: the rank waits for it
  std::vector<Wait> waits;           // the collectives that are waited for, the longest first

  double exposed() const;
  /// Appends `next`, `times` times, one after the other.
  void add(const Timeline& next, int64_t times = 1);
};

/// Throws UserError when an axis has no link.
Timeline timeline(const Plan& plan, const Rates& rates);

}  // namespace tessera
