// Reading a mapped file behind its end, after someone cut it short, ends the process by SIGBUS. These are its last words.
#pragma once

#include <filesystem>

namespace tessera {

/// From now on the process names the file before it ends.
void explain_bus_errors();

/// As long as this lives, the words are left as failure.txt in `folder` too. One at a time.
class BusErrorFolder {
 public:
  explicit BusErrorFolder(const std::filesystem::path& folder);
  BusErrorFolder(const BusErrorFolder&) = delete;
  BusErrorFolder& operator=(const BusErrorFolder&) = delete;
  ~BusErrorFolder();
};

}  // namespace tessera
