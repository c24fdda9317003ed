#include "framework/config/limits.h"

#include <fmt/format.h>

#include <cmath>

namespace tessera {

std::string Limits::text() const {
  // Whole numbers are written in full: fmt's shortest form of 1048576.0 is plain, that of 1e15 is
  // not.
  auto number = [](double value) {
    return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
  };
  const bool has_low = std::isfinite(low), has_high = std::isfinite(high);
  const std::string low_text = fmt::format("{} {}", low_open ? "above" : "at least", number(low));
  const std::string high_text = fmt::format("{} {}", high_open ? "below" : "at most", number(high));
  if (has_low && has_high && !low_open && !high_open)
    return fmt::format("{} to {}", number(low), number(high));
  if (has_low && has_high) return low_text + ", " + high_text;
  return has_low ? low_text : has_high ? high_text : "";
}

}  // namespace tessera
