// The mesh that a command line gives in words: --mesh dp=64,tp=8.
#pragma once

#include <string>

#include "framework/config/config.h"

namespace tessera {

/// The sizes of all axes; the size is 1 for each axis that `text` does not name. Throws UserError
/// when `text` names an axis that a run does not have.
MeshConfig mesh_option(const std::string& text);

}  // namespace tessera
