// The version of Tessera and the commit that it was built from.
#pragma once

#include <string>

namespace tessera {

/// The version and the commit, such as "0.1.0 (8dac83e0a1b2)", with "dirty" when files differed
/// from the commit at the time of the build.
std::string version_text();

/// The commit alone. It stands in an object file of its own, the only one that is rebuilt when the
/// commit changes.
const char* revision();

}  // namespace tessera
