#include "framework/comm/self.h"

#include <unistd.h>

#include "framework/comm/exchange.h"
#include "framework/core/error.h"

namespace tessera {

Communicator::Ticket SelfCommunicator::post(Collective call) {
  exchange({&call, 1});
  started_.insert(++last_);
  return last_;
}

void SelfCommunicator::complete(Ticket ticket) {
  check(started_.erase(ticket) == 1, "ticket {} was not started, or waited for before", ticket);
}

SelfWorld::SelfWorld() : hosts_{host_name()} {}

Communicator& SelfWorld::group(std::span<const int64_t> ranks) {
  check(ranks.size() == 1 && ranks[0] == 0, "a group of {} ranks in a world of one", ranks.size());
  return self_;
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof(name) - 1) != 0) return "unknown";
  return name;
}

}  // namespace tessera
