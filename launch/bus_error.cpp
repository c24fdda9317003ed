#include "launch/bus_error.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {
namespace {

// A signal handler can reach only what is global, and may call nothing that allocates.
std::array<char, PATH_MAX> g_failure_file{};

/// Reads the kernel's list of mapped files byte by byte.
class Maps {
 public:
  Maps() : file_(::open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
  Maps(const Maps&) = delete;
  Maps& operator=(const Maps&) = delete;
  ~Maps() { ::close(file_); }

  /// The next byte, or -1 at the end.
  int next() {
    if (at_ == length_) {
      length_ = ::read(file_, bytes_.data(), bytes_.size());
      at_ = 0;
      if (length_ <= 0) return length_ = 0, -1;
    }
    return bytes_[static_cast<size_t>(at_++)];
  }
  /// Reads a number in hexadecimal and the character after the number.
  uintptr_t number() {
    uintptr_t number = 0;
    for (int c = next(); c >= 0; c = next()) {
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) break;
      number = number * 16 + static_cast<uintptr_t>(digit);
    }
    return number;
  }

 private:
  int file_;
  std::array<char, 1024> bytes_{};
  ssize_t at_ = 0, length_ = 0;
};

/// The name of the file that is mapped at `address`. A line of the list is "BEGIN-END … /NAME".
std::string_view file_at(const void* address, std::array<char, PATH_MAX>& room) {
  const auto wanted = reinterpret_cast<uintptr_t>(address);
  for (Maps maps;;) {
    const uintptr_t begin = maps.number(), end = maps.number();
    if (end == 0) return "a file that is being read";
    size_t length = 0;
    int c = maps.next();
    for (; c >= 0 && c != '\n'; c = maps.next())
      if ((length > 0 || c == '/') && length < room.size()) room[length++] = static_cast<char>(c);
    if (begin <= wanted && wanted < end && length > 0) return {room.data(), length};
    if (c < 0) return "a file that is being read";
  }
}

void say(int file, std::string_view begin, std::string_view name) {
  constexpr std::string_view kRest =
      " was cut short, or its disk failed: token shards and checkpoints must not change while they "
      "are read. The last checkpoint is as it was; put the file back and give the same command\n";
  for (const std::string_view text : {begin, name, kRest}) {
    [[maybe_unused]] const ssize_t written = ::write(file, text.data(), text.size());
  }
}

void explain(int, siginfo_t* info, void*) {
  std::array<char, PATH_MAX> room;
  const std::string_view name = file_at(info->si_addr, room);
  say(STDERR_FILENO, "\ntessera: error: ", name);
  if (g_failure_file[0] == '\0') return;
  const int file = ::open(g_failure_file.data(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return;
  say(file, "", name);
  ::close(file);
}

}  // namespace

void explain_bus_errors() {
  struct sigaction action {};
  action.sa_sigaction = explain;
  // After the message the system tries the read again, which then ends the process.
  action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND);
  ::sigaction(SIGBUS, &action, nullptr);
}

BusErrorFolder::BusErrorFolder(const std::filesystem::path& folder) {
  const std::string file = (folder / "failure.txt").string();
  if (file.size() < g_failure_file.size())
    ::memcpy(g_failure_file.data(), file.c_str(), file.size() + 1);
}

BusErrorFolder::~BusErrorFolder() { g_failure_file[0] = '\0'; }

}  // namespace tessera
