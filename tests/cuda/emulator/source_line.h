// The line of source that an instruction comes from.
#pragma once

#include <cstdint>
#include <string>

namespace tessera::emulator {

/// "row.h:20 in softmax.cu:41" of the instruction before `address`: the line, and the lines that it
/// was inlined into; the address where the program has no such information.
std::string source_line(uintptr_t address);

}  // namespace tessera::emulator
