#include "framework/config/duration.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace tessera {

int64_t Duration::steps(int64_t tokens_per_step) const {
  if (unit == Unit::steps) return count;
  check(tokens_per_step > 0, "a duration in tokens needs tokens per step, not {}", tokens_per_step);
  return count / tokens_per_step + (count % tokens_per_step != 0);
}

std::string to_string(const Duration& duration) {
  if (duration.unit == Duration::Unit::steps) return fmt::format("{} steps", duration.count);
  const int64_t count = duration.count;
  if (count != 0 && count % 1'000'000'000 == 0)
    return fmt::format("{}B tokens", count / 1'000'000'000);
  if (count != 0 && count % 1'000'000 == 0) return fmt::format("{}M tokens", count / 1'000'000);
  return fmt::format("{} tokens", count);
}

std::string to_string(const ByteSize& size) {
  constexpr const char* kUnits[] = {"TiB", "GiB", "MiB", "KiB"};
  int shift = 40;
  for (const char* unit : kUnits) {
    const int64_t one = int64_t{1} << shift;
    if (size.bytes != 0 && size.bytes % one == 0)
      return fmt::format("{} {}", size.bytes / one, unit);
    shift -= 10;
  }
  return fmt::format("{} B", size.bytes);
}

}  // namespace tessera
