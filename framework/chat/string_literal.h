// Text in quotes, as Python reads its escapes.
#pragma once

#include <string>
#include <string_view>

namespace tessera::chat {

/// The value of a string literal with `body` between its quotes.
std::string string_value(std::string_view body);

}  // namespace tessera::chat
