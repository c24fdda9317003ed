#include "framework/comm/line.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tessera {
namespace {

/// The most bytes that may have come and not been taken: more of them break the connection.
constexpr size_t kMostInput = 1 << 20;

}  // namespace

Line::Line(Descriptor file) : file_(std::move(file)) {
  const int on = 1;
  setsockopt(file_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // TCP tries again after a second at most, where the system knows this option (Linux 6.15).
  constexpr int kRtoMax = 44;  // TCP_RTO_MAX_MS, which older headers lack
  const int milliseconds = 1000;
  setsockopt(file_.number(), IPPROTO_TCP, kRtoMax, &milliseconds, sizeof(milliseconds));
}

void Line::send(std::string_view line) {
  out_ += line;
  out_ += '\n';
  flush();
}

void Line::flush() {
  while (sending()) {
    const ssize_t n = ::send(file(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      out_.erase(0, static_cast<size_t>(n));
    } else if (errno != EINTR) {
      broken_ = errno != EAGAIN && errno != EWOULDBLOCK;
      return;
    }
  }
}

void Line::receive() {
  char text[4096];
  for (;;) {
    const ssize_t n = recv(file(), text, sizeof(text), MSG_DONTWAIT);
    if (n > 0) {
      in_.append(text, static_cast<size_t>(n));
      if (in_.size() <= kMostInput) continue;
    } else if (n < 0 && errno == EINTR) {
      continue;
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    broken_ = true;
    return;
  }
}

bool Line::take(std::string& line) {
  const size_t end = in_.find('\n');
  if (end == std::string::npos) return false;
  line = in_.substr(0, end);
  in_.erase(0, end + 1);
  return true;
}

Descriptor connect_to(uint32_t address, uint16_t port) {
  Descriptor file(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = address;
  name.sin_port = htons(port);
  if (connect(file.number(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) {
    if (errno != EINPROGRESS) return Descriptor();
    pollfd ready{file.number(), POLLOUT, 0};
    int error = 0;
    socklen_t size = sizeof(error);
    if (poll(&ready, 1, 3000) != 1 ||
        getsockopt(file.number(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
      return Descriptor();
  }
  return file;
}

std::string address_text(uint32_t address) {
  char text[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &address, text, sizeof(text));
  return text;
}

}  // namespace tessera
