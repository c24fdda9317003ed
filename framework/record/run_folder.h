// The folder of a run (log.folder): metrics.jsonl, config.yaml (the effective config), header.txt,
// summary.json, failure.txt, TensorBoard events. One process at a time holds this folder and the
// folder of the run's checkpoints, also while someone removes or moves them. Opening proves, before
// any work is done, that both can be written.
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
  /// Throws UserError when the folders cannot be made or written, another process runs in one of
  /// them, or log.folder already has files that a run writes although no run wrote them: a config
  /// given as input may be one of these. A run's folder is known by its lock, which stays behind,
  /// and by the checkpoints in it.
  explicit RunFolder(const Config& config);
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  ~RunFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }

  /// Sets aside the metrics of an earlier run, for a run that starts at step 0, and returns their
  /// new name; empty when there were none.
  std::string set_aside_metrics();

  /// Writes a small file whole; put_back() writes it again when it is gone.
  void save(std::string_view name, const std::string& text);
  /// Writes a small file unless it is there.
  void save_missing(std::string_view name, const std::string& text);
  /// Makes anew the folders, their locks and the saved files that someone has removed or moved, and
  /// returns their names; empty when all is in place.
  std::string put_back();
  /// Leaves the cause of a failure behind, if that is still possible.
  void save_failure(std::string_view cause) noexcept;
  /// Leaves the cause of a failure, for a thread that cannot reach the RunFolder, or before there
  /// is one. Does nothing where another process holds the folder.
  static void save_failure(const std::filesystem::path& folder, std::string_view cause) noexcept;
  /// Leaves the cause of a failure when the rank that holds the folder cannot be reached; several
  /// ranks may call this. Returns false when one of them has left a cause after `since`.
  static bool save_failure_once(const std::filesystem::path& folder, std::string_view cause,
                                std::filesystem::file_time_type since) noexcept;
  /// Removes the cause that an earlier run left in its folder, unless another process runs there.
  static void forget_failure(const std::filesystem::path& folder) noexcept;

 private:
  std::filesystem::path path_, checkpoints_;
  std::optional<HeldName> name_, checkpoints_name_;
  std::optional<FolderLock> lock_, checkpoints_lock_;
  std::map<std::string, std::string, std::less<>> saved_;  // texts by name
};

}  // namespace tessera
