// Scalars for TensorBoard: an event file in a run's folder, one TFRecord (length, masked CRC-32C of it, bytes, masked
// CRC-32C of them) per event, flushed each. A run that goes on writes a new file, whose first event tells TensorBoard to
// forget the points beyond the step it goes on from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/core/append_file.h"

namespace tessera {

class TensorBoard {
 public:
  /// Creates events.out.tfevents.… in `folder`, for a run whose next step is `next_step`.
  TensorBoard(const std::filesystem::path& folder, int64_t next_step);

  /// Scalars of one step; tags such as "train/loss".
  void write(int64_t step, const std::vector<std::pair<std::string, double>>& scalars);

  const std::filesystem::path& path() const { return file_->path(); }

 private:
  void append_record(std::string_view bytes);

  std::optional<AppendFile> file_;
};

}  // namespace tessera
