#include "framework/core/held_name.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace tessera {

HeldName::HeldName(std::string_view name)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) return;
  // A name that begins with a zero byte lies in the kernel alone (unix(7), "abstract").
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = std::min(name.size(), sizeof address.sun_path - 1);
  std::copy_n(name.data(), length, address.sun_path + 1);
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length);
  taken_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), bytes) != 0 &&
           errno == EADDRINUSE;
}

HeldName::~HeldName() {
  if (socket_ >= 0) ::close(socket_);
}

}  // namespace tessera
