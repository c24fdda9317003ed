// Plugin: a kind of device in a shared library of its own, which the program loads only when a
// config asks for that device. The program is linked with nothing of the vendor's.
//
// A plug-in holds its own copy of what it needs of the rooms core and device, hidden from the
// program, so that nothing need be exported by the program and every symbol is resolved when the
// plug-in is linked. Types are shared: an exception crosses the border because the C++ runtime
// compares the names of types. Therefore both sides must come from the same headers and compiler,
// which interface_id() says. The copies have no state that both sides would have to agree on.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "framework/device/device.h"

namespace tessera {

/// What a run asks of a card.
struct PluginSettings {
  int card = 0;                             // counted among the cards that this process may see
  int threads = 1;                          // of the host, for the profile
  std::optional<size_t> memory_bytes = {};  // upper limit; nothing: what is free on the card
};

struct Plugin {
  /// Comes first, so that a plug-in of another build can tell that it is one.
  const char* interface_id;
  const KernelLibrary* kernels;
  /// Throws UserError when there is no such device, or when its driver does not fit.
  std::shared_ptr<Device> (*make_device)(const PluginSettings& settings);
  /// Lines about driver and cards; also where there are none.
  std::vector<Fact> (*facts)();
};

/// The one symbol that a plug-in exports, with C linkage.
using PluginEntry = const Plugin*();
inline constexpr const char* kPluginEntry = "tessera_plugin";

}  // namespace tessera
