#include "framework/comm/control_listener.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace tessera {

ControlListener::ControlListener(uint64_t key)
    : file_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  socklen_t size = sizeof(name);
  auto* raw = reinterpret_cast<sockaddr*>(&name);
  if (!file_.open() || bind(file_.number(), raw, size) != 0 ||
      listen(file_.number(), SOMAXCONN) != 0 || getsockname(file_.number(), raw, &size) != 0)
    user_error("the control channel cannot listen: {}", std::strerror(errno));
  address_.key = key;
  address_.port = ntohs(name.sin_port);
  address_.pulse_port = pulse_.emplace(key).port();
  const auto add = [&](uint32_t address) {
    if (address_.count < ControlAddress::kMost) address_.addresses[address_.count++] = address;
  };
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) == 0) {
    for (const ifaddrs* one = all; one; one = one->ifa_next) {
      if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
      if ((one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
      sockaddr_in ip{};
      std::memcpy(&ip, one->ifa_addr, sizeof(ip));
      add(ip.sin_addr.s_addr);
    }
    freeifaddrs(all);
  }
  add(htonl(INADDR_LOOPBACK));
}

}  // namespace tessera
