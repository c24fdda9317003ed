#include <limits.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "launch/bus_error.h"
#include "launch/verbs.h"

namespace {

/// Starts the program anew with threads that spin only briefly, unless the user has chosen how long
/// they spin. A thread of the pool that waits for the others spins before it sleeps, for a long
/// time by default. When another program wants a core too, the waiting thread burns the time that
/// the late thread needs, and steps take many times as long. libgomp reads the setting when it is
/// loaded, before main().
void spin_briefly(char** argv) {
  if (getenv("OMP_WAIT_POLICY") != nullptr || getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("GOMP_SPINCOUNT", "1000", 1);
  // The program is started by its path, since it would be called "exe" when started as
  // /proc/self/exe. Both calls of execv return only when they fail; the default then stays.
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
  if (length > 0) {
    path[length] = '\0';
    execv(path, argv);
  }
  execv("/proc/self/exe", argv);
}

void set_up_signals() {
  // Writing to a closed pipe or over a file size limit is an error like any other, with a message;
  // only where standard output is that pipe, run_program() ends the process by the signal.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  tessera::explain_bus_errors();
}

/// Sends warnings to standard error, so that they stay apart from the results.
void set_up_log() {
  auto log =
      std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("tessera: %l: %v");
  spdlog::set_default_logger(std::move(log));
}

}  // namespace

int main(int argc, char** argv) {
  spin_briefly(argv);
  set_up_signals();
  set_up_log();
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return tessera::run_program(args);
}
