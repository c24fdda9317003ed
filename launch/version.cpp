#include "launch/version.h"

#include <fmt/format.h>

namespace tessera {

std::string version_text() { return fmt::format("{} ({})", TESSERA_VERSION, revision()); }

}  // namespace tessera
