#include "launch/started.h"

#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "framework/comm/mpi.h"

namespace tessera {
namespace {

/// The number in the first of the variables that is set, or -1 when none is set or the text is not
/// a number.
int number_in(std::initializer_list<const char*> variables) {
  for (const char* name : variables) {
    const char* text = std::getenv(name);
    if (text == nullptr) continue;
    const std::string_view digits = text;
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
  }
  return -1;
}

}  // namespace

Started how_started() {
  if (!started_by_mpi()) return {};  // a batch script has Slurm's variables too
  const int ranks = number_in({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"});
  const int rank = number_in({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"});
  if (ranks < 1 || rank < 0 || rank >= ranks) return {};
  return {rank, ranks};
}

}  // namespace tessera
