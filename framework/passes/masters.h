// masters: what becomes of f32 masters in programs that never change a parameter.
#pragma once

#include <string>
#include <string_view>

#include "framework/graph/program.h"

namespace tessera {

/// The name of the parameter that NAME@bf16 is the rounded copy of; empty for another name.
std::string master_of(std::string_view copy);

/// A program after apply_precision, without the masters that "refresh" alone reads: it holds just
/// the copies, which whoever loads the program rounds. Graphs lose the parameters that they do not
/// read, and "refresh" is left out where nothing of it is left.
Program drop_masters(Program program);

}  // namespace tessera
