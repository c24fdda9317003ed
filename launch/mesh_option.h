// The mesh that a command line gives in words: --mesh dp=64,tp=8.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// Sizes of the axes that a run has; UserError naming any other.
struct MeshOption {
  int64_t dp = 1, tp = 1;

  explicit MeshOption(const std::string& text);
  /// As `--set` would give them.
  std::vector<std::string> settings() const;
};

}  // namespace tessera
