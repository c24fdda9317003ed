// Why no text was found, for the message that says so.
#pragma once

#include <cstddef>
#include <string>

#include "framework/data/tokenize.h"

namespace tessera {

/// The causes, each with its count and, where that helps, the first file; then what to do.
std::string why_no_text(const TokenizeResult& result, size_t files);

}  // namespace tessera
