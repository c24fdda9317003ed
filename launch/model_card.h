// The README.md of an exported model: what it is, what it was trained on, and how good it is.
#pragma once

#include <string>

#include "launch/source.h"

namespace tessera {

/// `kind` is the class of transformers.
std::string model_card(const ModelSource& source, const std::string& kind);

}  // namespace tessera
