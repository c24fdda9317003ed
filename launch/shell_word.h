// Words for command lines that the program proposes.
#pragma once

#include <string>

namespace tessera {

/// A word as a shell takes it back: in quotes where it holds more than letters, digits and harmless signs.
std::string shell_word(const std::string& word);

}  // namespace tessera
