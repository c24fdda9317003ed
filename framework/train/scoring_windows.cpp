#include "framework/train/scoring_windows.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

std::vector<ScoringWindow> scoring_windows(size_t count, size_t length, size_t stride) {
  check(stride > 0 && stride <= length, "windows of {} tokens every {}", length, stride);
  std::vector<ScoringWindow> windows;
  for (size_t scored = 1; scored < count;) {
    const size_t end = std::min(count, windows.empty() ? length + 1 : scored + stride);
    windows.push_back({end > length + 1 ? end - length - 1 : 0, scored, end});
    scored = end;
  }
  return windows;
}

}  // namespace tessera
