#include "framework/config/nearest.h"

#include <algorithm>

namespace tessera {

size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the dynamic programme: two back (for swaps), one back, current.
  std::vector<size_t> older(b.size() + 1), old(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(older, old);
    std::swap(old, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], older[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& names) {
  constexpr size_t kLongest = 64;  // nothing longer is a misspelt key
  if (name.empty() || name.size() > kLongest) return {};
  const std::string* best = nullptr;
  size_t best_distance = 0;
  for (const std::string& candidate : names) {
    size_t distance = edit_distance(name, candidate);
    const size_t shorter = std::min(name.size(), candidate.size());
    if (shorter >= 3 && name.substr(0, shorter) == candidate.substr(0, shorter))
      distance = std::min<size_t>(distance, 1);
    if (distance > std::max<size_t>(1, std::max(name.size(), candidate.size()) / 3)) continue;
    if (best && distance >= best_distance) continue;
    best = &candidate;
    best_distance = distance;
  }
  return best ? std::optional(*best) : std::nullopt;
}

}  // namespace tessera
