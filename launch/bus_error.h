// Reading a mapped file past its end, after someone cut the file short, ends the process by SIGBUS.
// This file makes the process say why before it ends.
#pragma once

#include <filesystem>

namespace tessera {

/// After this call, a process that SIGBUS ends names the file first, on standard error.
void explain_bus_errors();

/// While an object of this class lives, the message is also left as failure.txt in `folder`. At
/// most one object may live at a time.
class BusErrorFolder {
 public:
  explicit BusErrorFolder(const std::filesystem::path& folder);
  BusErrorFolder(const BusErrorFolder&) = delete;
  BusErrorFolder& operator=(const BusErrorFolder&) = delete;
  ~BusErrorFolder();
};

}  // namespace tessera
