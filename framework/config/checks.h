// Checks holds a Config and the place to report keys of it that cannot go together.
// check_combinations uses it, and so do the kinds of model for their own keys.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "framework/config/combinations.h"
#include "framework/config/value.h"

namespace tessera {

struct Checks {
  const Config& config;
  const ReportClash& report;

  /// Reports a clash unless `holds`. `paths` are all keys that the verdict rests on, the key to
  /// change first.
  template <typename... Args>
  void demand(bool holds, const std::vector<std::string>& paths, fmt::format_string<Args...> format,
              Args&&... args) const {
    if (!holds) report({paths, fmt::format(format, std::forward<Args>(args)...)});
  }

  /// A setting is honoured or refused: where a key means nothing it must keep its default.
  template <typename T>
  void without_effect(bool applies, const std::string& path, const T& value, const T& standard,
                      const std::string& key, const std::string& other) const {
    if (applies || value == standard) return;
    report({{path, key},
            fmt::format("{} = {} has no effect with {}: {}; remove it (the default is {})", path,
                        value_text(value), key, other, value_text(standard)),
            true});
  }

  /// Demands that `size`, the value of `key`, can be shared evenly by the tensor parallel ranks.
  /// With `below` a smaller size is proposed too.
  void shared_over_tp(int64_t size, const std::string& key, const std::string& what,
                      bool below = true) const;
};

/// The multiples of `parts` next to `size`, which is no multiple; without `below` only the one
/// above.
std::vector<int64_t> near_multiples(int64_t size, int64_t parts, bool below = true);

}  // namespace tessera
