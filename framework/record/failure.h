// The cause of a failed run in words, as screens and failure.txt show it.
#pragma once

#include <exception>
#include <string>

namespace tessera {

/// What the user reads; an exception that nobody foresaw is told as a bug.
std::string explained(const std::exception& error);
/// Whether it is one.
bool is_bug(const std::exception& error);

}  // namespace tessera
