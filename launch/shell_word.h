// Words for command lines that the program proposes.
#pragma once

#include <string>

namespace tessera {

/// The word as a shell reads it back: quoted when it is empty or holds anything but letters, digits
/// and harmless signs.
std::string shell_word(const std::string& word);

}  // namespace tessera
