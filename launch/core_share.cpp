#include "launch/core_share.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tessera {

CoreSet allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  CoreSet out;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0)
    for (size_t core = 0; core < out.size(); ++core) out[core] = CPU_ISSET(core, &set);
  return out;
}

std::vector<CoreSet> allowed_cores(World& world) {
  constexpr size_t kBits = 64;
  using Words = std::array<int64_t, CoreSet().size() / kBits>;
  const CoreSet own = allowed_cores();
  Words mine{};
  for (size_t core = 0; core < own.size(); ++core)
    if (own[core])
      mine[core / kBits] = static_cast<int64_t>(static_cast<uint64_t>(mine[core / kBits]) |
                                                uint64_t{1} << core % kBits);
  std::vector<Words> all(static_cast<size_t>(world.size()));
  world.all().run({.kind = Collective::Kind::all_gather,
                   .dtype = DType::i64,
                   .pieces = {{mine.data(), all.data(), static_cast<int64_t>(mine.size())}},
                   .name = "the ranks' cores"});
  std::vector<CoreSet> out(all.size());
  for (size_t rank = 0; rank < all.size(); ++rank)
    for (size_t core = 0; core < own.size(); ++core)
      out[rank][core] = static_cast<uint64_t>(all[rank][core / kBits]) >> core % kBits & 1;
  return out;
}

int core_share(std::span<const CoreSet> host, size_t mine) {
  double share = 0;
  for (size_t core = 0; core < host[mine].size(); ++core)
    if (host[mine][core])
      share += 1.0 / static_cast<double>(std::count_if(
                         host.begin(), host.end(), [&](const CoreSet& set) { return set[core]; }));
  constexpr double kRounding = 1e-6;  // three thirds of a core make a whole core
  return std::max(1, static_cast<int>(share + kRounding));
}

}  // namespace tessera
