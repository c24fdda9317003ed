#include "framework/checkpoint/checkpoint_verdicts.h"

#include <fmt/format.h>

#include <set>
#include <system_error>

#include "framework/checkpoint/checkpoint_folder.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Names, sizes and times of all files. A file that cannot be asked has neither size nor time, and
/// so differs from what it was.
std::string files_of(const fs::path& checkpoint) {
  std::set<std::string> lines;
  std::error_code error, none;
  for (fs::directory_iterator it(checkpoint, error); !error && it != fs::directory_iterator();
       it.increment(error))
    lines.insert(fmt::format("{} {} {}", it->path().filename().string(), it->file_size(none),
                             it->last_write_time(none).time_since_epoch().count()));
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

std::string CheckpointVerdicts::damage(const fs::path& checkpoint) {
  if (!knows(checkpoint)) {
    const std::string files = files_of(checkpoint);
    verdicts_[checkpoint] = {files, damage_of(checkpoint)};
  }
  return verdicts_.at(checkpoint).damage;
}

bool CheckpointVerdicts::knows(const fs::path& checkpoint) const {
  const auto found = verdicts_.find(checkpoint);
  return found != verdicts_.end() && found->second.files == files_of(checkpoint);
}

void CheckpointVerdicts::note_good(const fs::path& checkpoint) {
  verdicts_[checkpoint] = {files_of(checkpoint), ""};
}

}  // namespace tessera
