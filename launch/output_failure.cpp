#include "launch/output_failure.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace tessera {

bool output_has_failed() { return std::ferror(stdout) != 0; }

void end_if_reader_is_gone() {
  if (!output_has_failed()) return;
  struct pollfd output {
    STDOUT_FILENO, POLLOUT, 0
  };
  if (::poll(&output, 1, 0) != 1 || (output.revents & POLLERR) == 0) return;
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
}

}  // namespace tessera
