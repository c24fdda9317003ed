#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "launch/verbs.h"

namespace {

/// A thread of the pool that waits for the others spins before it sleeps. libgomp's default is long: when some other
/// program wants a core too, the waiting thread burns the time that the late one needs, and steps take many times as
/// long. The setting is read when the library is loaded, before main(), so the program starts itself anew with a short one,
/// unless the user has chosen.
void spin_briefly(char** argv) {
  if (getenv("OMP_WAIT_POLICY") != nullptr || getenv("GOMP_SPINCOUNT") != nullptr) return;
  setenv("GOMP_SPINCOUNT", "1000", 1);
  execv("/proc/self/exe", argv);  // returns only when it cannot: then the default stays
}

}  // namespace

int main(int argc, char** argv) {
  spin_briefly(argv);
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  return tessera::run_program(args);
}
