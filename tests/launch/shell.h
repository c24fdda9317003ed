// Runs a shell command, with a limit of time, and keeps what it printed.
#pragma once

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace tessera {

struct Ended {
  int status = 0;
  std::string output;  // from both streams
};

/// A command that hangs is ended after `seconds`, with status 124.
inline Ended shell(const std::string& command, int seconds = 60) {
  std::string quoted;
  for (const char c : command) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  const std::string line =
      "timeout -k 10 " + std::to_string(seconds) + " bash -c '" + quoted + "' 2>&1";
  std::FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + line);
  Ended out;
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.output.append(buffer, n);
  out.status = WEXITSTATUS(::pclose(pipe));
  return out;
}

}  // namespace tessera
