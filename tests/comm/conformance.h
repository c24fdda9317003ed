// What every transport must do, as cases that each rank of a world runs. A case throws where it
// finds a fault.
#pragma once

#include <span>

#include "framework/comm/communicator.h"

namespace tessera {

struct ConformanceCase {
  const char* name;
  void (*body)(World& world);
};

std::span<const ConformanceCase> conformance_cases();

}  // namespace tessera
