// The folder of a run (log.folder): metrics.jsonl, config.yaml (the effective config), header.txt, summary.json,
// failure.txt, TensorBoard events. It and the folder of the run's checkpoints are held by one process at a time, also
// while someone removes or moves them. Opening it proves, before any work is done, that both can be written.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "framework/config/config.h"
#include "framework/core/folder_lock.h"
#include "framework/core/held_name.h"

namespace tessera {

class RunFolder {
 public:
  /// UserError when the folders cannot be made or written, another process runs in one of them, or files that a run
  /// writes are in log.folder already and no run wrote them: a config given as input may be one of these. The lock,
  /// which stays behind, and the checkpoints in it tell a run's folder.
  explicit RunFolder(const Config& config);
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }

  /// For a run that starts at step 0: sets the metrics of an earlier one aside and returns their new name, empty
  /// when there were none.
  std::string set_aside_metrics();

  /// Writes a small file whole, and again when it is gone.
  void save(std::string_view name, const std::string& text);
  /// Writes a small file unless it is there.
  void save_missing(std::string_view name, const std::string& text);
  /// Makes the folders, their locks and what was saved anew where someone has removed or moved them, and returns what
  /// that was, in words; empty when all is in place.
  std::string put_back();
  /// Leaves the cause of a failure behind, if that is still possible.
  void save_failure(std::string_view cause) noexcept;
  /// The same for a run that has not opened its folder, unless another run holds it.
  static void save_failure(const std::filesystem::path& folder, std::string_view cause) noexcept;
  /// The same for several ranks that cannot reach the one that holds the folder: false when one of them has done so
  /// since then.
  static bool save_failure_once(const std::filesystem::path& folder, std::string_view cause,
                                std::filesystem::file_time_type since) noexcept;
  /// Removes the cause that an earlier run left in its folder, unless another process runs there.
  static void forget_failure(const std::filesystem::path& folder) noexcept;

 private:
  std::filesystem::path path_, checkpoints_;
  std::optional<HeldName> name_, checkpoints_name_;
  std::optional<FolderLock> lock_, checkpoints_lock_;
  std::map<std::string, std::string, std::less<>> saved_;  // by name
};

}  // namespace tessera
