// Signs of life between rank 0 and the others by datagrams (UDP), beside the lines of the control
// channel. A line that lost a packet while a cable was out waits up to half a minute before TCP
// tries again; a datagram is a new one every second. The lines carry signs of life too, so nothing
// depends on datagrams that are lost or held back by a firewall.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/core/descriptor.h"

namespace tessera {

class Pulse {
 public:
  /// Opens rank 0's end, on a port that the system chooses. Throws UserError when there is none.
  explicit Pulse(uint64_t key);
  /// Opens another rank's end; `address`, in network byte order, is where the rank has reached rank
  /// 0. The end stays silent where the system makes no socket for it.
  Pulse(uint64_t key, int rank, uint32_t address, uint16_t port);

  int file() const { return file_.number(); }
  uint16_t port() const;
  /// Sends a sign of life to rank 0.
  void beat() const;
  /// The ranks whose signs have come since the last call. Rank 0 answers each sign.
  std::vector<int> receive() const;

 private:
  struct Sign {
    uint64_t key = 0;  // the run's, so that no stranger is taken for a rank
    int32_t rank = 0;
    int32_t unused = 0;
  };

  Descriptor file_;
  Sign sign_;
};

}  // namespace tessera
