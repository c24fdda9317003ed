#include "framework/comm/pulse.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {
namespace {

Descriptor datagrams() {
  return Descriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

Pulse::Pulse(uint64_t key) : file_(datagrams()), sign_{.key = key} {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  const bool bound =
      file_.open() && bind(file(), reinterpret_cast<const sockaddr*>(&any), sizeof(any)) == 0;
  require(bound, "the control channel has no port for signs of life: {}", std::strerror(errno));
}

Pulse::Pulse(uint64_t key, int rank, uint32_t address, uint16_t port)
    : file_(datagrams()), sign_{.key = key, .rank = rank} {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = address;
  name.sin_port = htons(port);
  if (connect(file(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) file_.close();
}

uint16_t Pulse::port() const {
  sockaddr_in name{};
  socklen_t size = sizeof(name);
  check(getsockname(file(), reinterpret_cast<sockaddr*>(&name), &size) == 0, "no port: {}",
        std::strerror(errno));
  return ntohs(name.sin_port);
}

void Pulse::beat() const {
  // Errors are ignored, such as that of a cable that is out: the next sign follows in a second.
  [[maybe_unused]] const ssize_t n = send(file(), &sign_, sizeof(sign_), MSG_DONTWAIT);
}

std::vector<int> Pulse::receive() const {
  std::vector<int> ranks;
  for (;;) {
    Sign sign;
    sockaddr_in from{};
    socklen_t size = sizeof(from);
    auto* sender = reinterpret_cast<sockaddr*>(&from);
    const ssize_t n =
        recvfrom(file(), &sign, sizeof(sign), MSG_DONTWAIT | MSG_TRUNC, sender, &size);
    if (n < 0 && (errno == EINTR || errno == ECONNREFUSED)) continue;
    if (n < 0) return ranks;
    if (n != sizeof(sign) || sign.key != sign_.key || sign.rank == sign_.rank) continue;
    ranks.push_back(sign.rank);
    if (sign_.rank == 0) sendto(file(), &sign_, sizeof(sign_), MSG_DONTWAIT, sender, size);
  }
}

}  // namespace tessera
