// A plug-in that was built from other headers than the program that loads it.
#include "framework/device/plugin.h"

extern "C" const tessera::Plugin* tessera_plugin() {
  static const tessera::Plugin plugin{"0.0.1-of-another-day", nullptr, nullptr, nullptr};
  return &plugin;
}
