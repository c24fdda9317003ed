// metrics.jsonl: one JSON object per line, written whole, in the order of steps. Opening it for a
// run that goes on from step N first drops what lies beyond N (it will be computed again, to the
// last bit) and lines torn by a crash, so the file of an interrupted run ends up as that of an
// unbroken one, but for the timings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "framework/core/append_file.h"

namespace tessera {

using MetricsLine = std::vector<std::pair<std::string, std::variant<int64_t, double>>>;

class Metrics {
 public:
  /// `evaluated` says that the evaluation after `step`, if one was due, is done; otherwise its line
  /// is dropped as well. `report` gets a line when anything but whole lines beyond `step` was
  /// dropped.
  Metrics(const std::filesystem::path& path, int64_t step, bool evaluated,
          std::vector<std::string>& report);

  /// Writes {"step": …, then the members of `line`} and returns the text of the line. Non-finite
  /// numbers are written as texts. Throws UserError when the line cannot be written; it is then one
  /// of unwritten().
  std::string write(int64_t step, const MetricsLine& line);
  /// Writes lines that an earlier process could not write, but for those that are there already.
  void restore(const std::vector<std::string>& lines);
  /// The lines that could not be written, to be kept with the checkpoint.
  const std::vector<std::string>& unwritten() const { return unwritten_; }

  /// Writes the file anew where someone has removed, moved or replaced it; returns whether that was
  /// so.
  bool put_back();
  /// Whether someone has cut lines off since the last call. They are lost.
  bool cut_off() { return file_->cut_off() > 0; }

  /// Waits for the disk: no checkpoint may outlive the lines up to its step.
  void sync() { file_->sync(); }
  const std::filesystem::path& path() const { return file_->path(); }

 private:
  void write_line(const std::string& line);

  std::optional<AppendFile> file_;
  std::vector<std::string> unwritten_;
};

}  // namespace tessera
