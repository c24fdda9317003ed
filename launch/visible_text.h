// Text for a terminal: control characters and bytes that are no UTF-8 are spelled out.
#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// Newlines become \n, tabs \t, other control characters and invalid bytes \xNN.
std::string visible(std::string_view text);

}  // namespace tessera
