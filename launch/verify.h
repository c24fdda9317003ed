// `tessera verify`, with a say in how its programs are compiled: tests put faults there and see them found.
#pragma once

#include <span>
#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// The verb; see launch/verbs.h.
int run_verify(std::span<const std::string> args, const CompileOptions& options);

}  // namespace tessera
