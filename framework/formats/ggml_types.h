// ggml's types of tensors, by the number that a GGUF file gives them (enum ggml_type).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "framework/formats/stored_type.h"

namespace tessera {

/// The type that Tessera reads under this number; none for the other types of ggml.
std::optional<StoredType> stored_type_of_ggml(uint32_t number);
/// The number of a type that Tessera reads; an InternalError for bool and u8, which ggml lacks.
uint32_t ggml_number(StoredType type);
/// "Q4_K"; "number 99" for one that is not known.
std::string ggml_type_name(uint32_t number);

}  // namespace tessera
