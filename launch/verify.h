// `tessera verify` with options for the compilation of its programs: tests insert faults there and
// check that they are found.
#pragma once

#include <span>
#include <string>

#include "framework/runtime/compile.h"

namespace tessera {

/// Runs the verb (launch/verbs.h) with `options`.
int run_verify(std::span<const std::string> args, const CompileOptions& options);

}  // namespace tessera
