// What safetensors calls the types that Tessera reads and writes in foreign files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "framework/formats/stored_type.h"

namespace tessera {

/// The type called "F16" or the like; none for the format's other types.
std::optional<StoredType> stored_type_of_safetensors(std::string_view dtype);

/// "F16"; throws UserError for a quantised type, which the format lacks.
std::string safetensors_dtype(StoredType type);

}  // namespace tessera
