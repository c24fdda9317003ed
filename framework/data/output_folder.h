// A folder that appears whole or not at all: files are written into `.NAME.partial` beside it, and
// commit() syncs and renames. Without commit (an error, an exception of a callback, Ctrl-C) all that
// was written is removed, unless it is to be kept for a later process to go on with. What a killed
// process left is found by the next one. A lock on the partial folder keeps two writers apart.
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "framework/core/descriptor.h"
#include "framework/core/interruption.h"

namespace tessera {

/// What an older folder that may be replaced holds.
struct OldOutput {
  std::string_view called;  // "tokenized text"
  /// Whether a folder holds that and nothing else: anything else is the user's and must not be lost.
  bool (*alone_in)(const std::filesystem::path& folder);
};

/// Token shards with what `tokenize` writes beside them.
extern const OldOutput kTokenShardsOutput;

class OutputFolder {
 public:
  /// `overwrite` allows `folder` to hold `old` (and nothing else), which commit() replaces. A link
  /// to a folder stands for that folder.
  OutputFolder(const std::filesystem::path& folder, bool overwrite,
               const OldOutput& old = kTokenShardsOutput);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// The folder to write to until commit().
  const std::filesystem::path& partial() const { return partial_; }
  /// Where the folder to write to lies, for those who must know before it is made.
  static std::filesystem::path partial_of(const std::filesystem::path& folder);
  /// Removes what an earlier process left in partial(), all but the files named in `keep`.
  void clear(const std::set<std::string>& keep = {});
  /// What partial() holds stays when commit() is not reached.
  void keep() { kept_ = true; }
  void commit();

 private:
  void lock_partial();
  void give_up();
  void put_in_place();

  OldOutput old_;
  std::filesystem::path folder_;
  std::filesystem::path partial_;
  Descriptor lock_;
  std::atomic<bool> ours_ = false, committed_ = false, kept_ = false;
  std::optional<IfInterrupted> interrupted_;
};

}  // namespace tessera
