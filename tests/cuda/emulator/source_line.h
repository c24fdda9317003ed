// The line of source that an instruction comes from.
#pragma once

#include <cstdint>
#include <string>

namespace tessera::emulator {

/// "softmax.cu:41" of the instruction before `address`, or the address where the program has no
/// such information.
std::string source_line(uintptr_t address);

}  // namespace tessera::emulator
