// The cause of a failed run in words, as screens and failure.txt show it.
#pragma once

#include <exception>
#include <string>

namespace tessera {

/// The cause as the user reads it; an exception that nobody foresaw is told as a bug.
std::string explained(const std::exception& error);
/// Whether an exception is one that nobody foresaw.
bool is_bug(const std::exception& error);

}  // namespace tessera
