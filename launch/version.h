// Which Tessera this is.
#pragma once

#include <string>

namespace tessera {

/// "0.1.0 (8dac83e0a1b2)": version and commit, and "dirty" where files differed from the commit when it was built.
std::string version_text();

/// The commit alone, from the one object file that is made anew when it changes.
const char* revision();

}  // namespace tessera
