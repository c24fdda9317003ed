// The header of a safetensors file (https://github.com/huggingface/safetensors, "Format"): 8 bytes
// of length, then JSON that names each tensor's dtype, shape and byte range in the data behind it.
// The functions are pure functions over bytes. Reading is as strict as the format demands: ranges
// lie in order without holes or overlaps, up to the file's last byte, and no name occurs twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "framework/core/tensor_type.h"

namespace tessera {

struct SafetensorsEntry {
  std::string name;
  // The dtype as the file says it ("F32", also "F16" and others that Tessera has no DType for).
  std::string dtype;
  Shape shape;
  int64_t begin = 0, end = 0;  // bytes, counted from the start of the data

  int64_t bytes() const { return end - begin; }
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> tensors;  // in the order of their data
  std::map<std::string, std::string> metadata;
  int64_t bytes = 0;  // the length field and the JSON: where the data begins
};

/// The length field and the JSON of a file whose length field makes sense; all of the file
/// otherwise.
std::span<const std::byte> safetensors_header_bytes(std::span<const std::byte> file);

/// Parses and checks the header of `file`, the whole file's bytes; throws UserError that begins
/// with `what`.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file,
                                           const std::string& what);

/// The bytes that precede the data: `tensors` must lie in the order of their ranges, without holes.
std::string safetensors_header_text(const SafetensorsHeader& header);

/// "F32", "BF16", "F64", "I32", "I64", "BOOL".
std::string safetensors_dtype(DType dtype);

/// The type of an entry; throws UserError naming `what` and the tensor when Tessera has no DType
/// for its dtype.
TensorType type_of(const SafetensorsEntry& entry, const std::string& what);

}  // namespace tessera
