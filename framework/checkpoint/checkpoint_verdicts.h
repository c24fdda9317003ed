// What a process knows of the checkpoints that it has read or written whole, so that no checkpoint
// is read twice: reading takes as long as loading. A verdict holds as long as the files' names,
// sizes and times stay as they were.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace tessera {

class CheckpointVerdicts {
 public:
  /// Why a checkpoint cannot be used, as damage_of says. Every byte is read unless the verdict is
  /// known already.
  std::string damage(const std::filesystem::path& checkpoint);
  /// Whether damage() would answer without reading.
  bool knows(const std::filesystem::path& checkpoint) const;
  /// Notes that a checkpoint was found good by others, such as the ranks that wrote and read back
  /// its parts.
  void note_good(const std::filesystem::path& checkpoint);

 private:
  struct Verdict {
    std::string files, damage;
  };
  std::map<std::filesystem::path, Verdict> verdicts_;
};

}  // namespace tessera
