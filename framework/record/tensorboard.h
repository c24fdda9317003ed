// Scalars for TensorBoard: one event file in a run's folder, a view of metrics.jsonl. Each process
// of a run writes the file anew from the lines that are there, with a first event that has
// TensorBoard forget all that earlier files say, and then adds to it. So every step stands in the
// file once and in order, wherever the processes before ended and whatever the clock did: the
// file's name sorts behind those of earlier files even when the clock was set back.
//
// The format is one TFRecord (length, masked CRC-32C of the length, bytes, masked CRC-32C of the
// bytes) per event, each flushed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "framework/core/append_file.h"

namespace tessera {

class TensorBoard {
 public:
  /// Creates events.out.tfevents.… in `folder` with the lines of `metrics`, which need not be
  /// there, and removes the files that Tessera made there before.
  TensorBoard(const std::filesystem::path& folder, const std::filesystem::path& metrics);

  /// Adds the scalars of a line of metrics.jsonl: "train/loss" for its loss, "eval/loss" for its
  /// eval_loss.
  void write(std::string_view line);

  /// Whether the file is there as it was written.
  bool in_place() { return file_->in_place() && file_->cut_off() == 0; }

  const std::filesystem::path& path() const { return file_->path(); }

 private:
  std::string records_of(std::string_view line, double now);

  std::optional<AppendFile> file_;
  double last_wall_time_ = 0;
};

}  // namespace tessera
