// Rank 0's end of the control channel before the other ranks know of it: the sockets that lines and signs of life come to,
// and their address, which travels over MPI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "framework/comm/pulse.h"
#include "framework/core/descriptor.h"

namespace tessera {

/// Where rank 0 listens; plain bytes, to be sent to the others.
struct ControlAddress {
  static constexpr size_t kMost = 16;
  uint64_t key = 0;         // of the run, so that no stranger is taken for a rank
  uint16_t port = 0;        // of lines
  uint16_t pulse_port = 0;  // of signs of life
  uint16_t count = 0;
  std::array<uint32_t, kMost> addresses = {};  // IPv4, as the network orders it
};

/// A socket that listens, before the others know of it.
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
