// Sets what the doubles of CUDA's libraries pretend, until the end of a test.
#pragma once

#include <cstdlib>

namespace tessera::testing {

class SettingsOfDoubles {
 public:
  explicit SettingsOfDoubles(const char* text) { ::setenv("TESSERA_DOUBLES", text, 1); }
  SettingsOfDoubles(const SettingsOfDoubles&) = delete;
  SettingsOfDoubles& operator=(const SettingsOfDoubles&) = delete;
  ~SettingsOfDoubles() { ::unsetenv("TESSERA_DOUBLES"); }
};

}  // namespace tessera::testing
