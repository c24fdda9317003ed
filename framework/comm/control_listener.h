// Rank 0's end of the control channel before the other ranks know of it: the sockets that receive
// lines and signs of life, and their address, which travels over MPI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "framework/comm/pulse.h"
#include "framework/core/descriptor.h"

namespace tessera {

/// Where rank 0 listens: plain bytes, to be sent to the other ranks.
struct ControlAddress {
  static constexpr size_t kMost = 16;
  uint64_t key = 0;         // the run's, so that no stranger is taken for a rank
  uint16_t port = 0;        // receives lines
  uint16_t pulse_port = 0;  // receives signs of life
  uint16_t count = 0;
  std::array<uint32_t, kMost> addresses = {};  // IPv4, in network byte order
};

/// The sockets on which rank 0 listens, open before the other ranks know of them.
class ControlListener {
 public:
  explicit ControlListener(uint64_t key);

  const ControlAddress& address() const { return address_; }
  const Pulse& pulse() const { return *pulse_; }
  int file() const { return file_.number(); }

 private:
  Descriptor file_;
  std::optional<Pulse> pulse_;
  ControlAddress address_;
};

}  // namespace tessera
