#include "framework/core/thread.h"

#include <fmt/ranges.h>
#include <sys/resource.h>

#include <cstdint>
#include <fstream>
#include <latch>
#include <string>
#include <vector>

#include "framework/core/error.h"

namespace tessera {
namespace {

void add_limit(std::vector<std::string>& limits, __rlimit_resource_t resource, uint64_t unit,
               const char* text) {
  struct rlimit limit {};
  if (getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    limits.push_back(fmt::format("{} {}", limit.rlim_cur / unit, text));
}

/// The number of tasks that the cgroup of this process may have, as text; empty without a limit.
std::string tasks_of_cgroup() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controller = line.substr(first + 1, second - first - 1);
    if (!controller.empty() && controller != "pids") continue;
    const std::string root = controller.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
    std::ifstream file(root + line.substr(second + 1) + "/pids.max");
    std::string most;
    if (file >> most && most != "max") return most;
  }
  return "";
}

}  // namespace

void no_thread(const std::error_code& why) {
  std::vector<std::string> limits;
  add_limit(limits, RLIMIT_NPROC, 1, "processes and threads of this user (ulimit -u)");
  add_limit(limits, RLIMIT_AS, 1024, "KiB of address space (ulimit -v)");
  if (const std::string tasks = tasks_of_cgroup(); !tasks.empty())
    limits.push_back(tasks + " tasks in this cgroup (pids.max)");
  if (limits.empty()) limits.emplace_back("none that this process can see");
  user_error(
      "the system refuses another thread: {}. Limits here: {}. Raise the one that is met, start "
      "fewer ranks on this host, or lower device.threads",
      why.message(), fmt::join(limits, "; "));
}

void require_threads(int count) {
  std::latch done(1);
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(count));
  const auto end_all = [&] {
    done.count_down();
    for (std::thread& thread : threads) thread.join();
  };
  try {
    for (int i = 0; i < count; ++i) threads.push_back(start_thread([&] { done.wait(); }));
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

}  // namespace tessera
