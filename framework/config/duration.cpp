#include "framework/config/duration.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace tessera {

int64_t Duration::steps(int64_t tokens_per_step) const {
  if (unit == Unit::steps) return count;
  check(tokens_per_step > 0, "a duration in tokens needs tokens per step, not {}", tokens_per_step);
  return count / tokens_per_step + (count % tokens_per_step != 0);
}

int64_t SampleSpan::samples(int64_t tokens_per_sample) const {
  if (unit == Unit::samples) return count;
  check(tokens_per_sample > 0, "tokens of samples of {} tokens", tokens_per_sample);
  return count / tokens_per_sample + (count % tokens_per_sample != 0);
}

namespace {

std::string tokens_text(int64_t count) {
  if (count != 0 && count % 1'000'000'000 == 0)
    return fmt::format("{}B tokens", count / 1'000'000'000);
  if (count != 0 && count % 1'000'000 == 0) return fmt::format("{}M tokens", count / 1'000'000);
  return fmt::format("{} tokens", count);
}

}  // namespace

std::string to_string(const Duration& duration) {
  return duration.unit == Duration::Unit::steps ? fmt::format("{} steps", duration.count)
                                                : tokens_text(duration.count);
}

std::string to_string(const SampleSpan& span) {
  return span.unit == SampleSpan::Unit::samples ? fmt::format("{} samples", span.count)
                                                : tokens_text(span.count);
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
