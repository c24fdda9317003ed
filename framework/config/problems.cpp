#include "framework/config/problems.h"

#include <algorithm>
#include <tuple>

#include "framework/core/error.h"

namespace tessera {

void Problems::at(TextPlace place, std::string_view message) {
  found_.push_back({place, place.line > 0 ? fmt::format("{}:{}:{}: {}", source_, place.line,
                                                        place.column, message)
                                          : fmt::format("{}: {}", source_, message)});
}

void Problems::in_set(std::string_view set, std::string_view message) {
  constexpr int kAfterTheFile = 1 << 30;
  found_.push_back({{kAfterTheFile, 0}, fmt::format("--set {}: {}", set, message)});
}

void Problems::throw_if_any() const {
  if (found_.empty()) return;
  if (found_.size() == 1) throw UserError(found_.front().text);
  constexpr size_t kMost = 100;
  std::vector<Found> ordered = found_;
  std::stable_sort(ordered.begin(), ordered.end(), [](const Found& a, const Found& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::string text = fmt::format("{} problems in the configuration:", ordered.size());
  for (size_t i = 0; i < std::min(ordered.size(), kMost); ++i) text += "\n  " + ordered[i].text;
  if (ordered.size() > kMost) text += fmt::format("\n  and {} more", ordered.size() - kMost);
  throw UserError(text);
}

}  // namespace tessera
