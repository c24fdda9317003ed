// Messages about a config of another program, in the words of its file.
#pragma once

#include <string>
#include <string_view>

#include "models/outside_config.h"

namespace tessera {

/// A message of ours about `settings`, in the words of the file that they come from: without the
/// advice to write keys that the file does not have.
std::string in_their_words(const OutsideSettings& settings, std::string_view in_ours);

}  // namespace tessera
