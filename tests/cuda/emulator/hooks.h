// Whether the kernels of this program are the checked form, whose accesses arrive as calls of what
// g++ -fsanitize=thread puts before every load and store. A program links hooks.cpp or
// no_hooks.cpp.
#pragma once

namespace tessera::emulator {

bool hooks_are_called();

}  // namespace tessera::emulator
