// A folder that appears whole or not at all: files are written into `.NAME.partial` beside it, and
// commit() syncs and renames. Without commit (an error, an exception of a callback) everything
// written is removed; what a killed process left is removed by the next one. A lock on the partial
// folder keeps two writers apart.
#pragma once

#include <filesystem>

#include "framework/core/descriptor.h"

namespace tessera {

class OutputFolder {
 public:
  /// `overwrite` allows `folder` to be an older folder of token shards (and nothing else), which
  /// commit() replaces. A link to a folder stands for that folder.
  OutputFolder(const std::filesystem::path& folder, bool overwrite);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// The folder to write to until commit().
  const std::filesystem::path& partial() const { return partial_; }
  void commit();

 private:
  void lock_partial();

  std::filesystem::path folder_;
  std::filesystem::path partial_;
  Descriptor lock_;
  bool committed_ = false;
};

}  // namespace tessera
