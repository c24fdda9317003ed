// How numbers lie in files that other programs write, and their conversion from and to f32. The
// last three types are ggml's quantised ones, blocks of 32 numbers that share a scale
// (https://github.com/ggml-org/ggml, ggml-quants.c); the tests compare all bytes with the `gguf`
// package of Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "framework/core/tensor_type.h"

namespace tessera {

enum class StoredType : uint8_t {
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u8,
  boolean,
  q8_0,
  q4_0,
  q4_1,
};

/// "f32", "bool", "q8_0".
std::string_view to_string(StoredType type);

/// The fewest elements that lie together, and their bytes: 1 and the size of the element, or 32 and
/// the size of a block.
struct StoredBlock {
  int64_t elements, bytes;
};
StoredBlock block_of(StoredType type);

/// Whether every row (the last dimension) of a tensor of this shape is made of whole blocks.
bool has_whole_blocks(StoredType type, const Shape& shape);

/// Bytes of a tensor. Throws UserError that begins with `what` when the shape is too large or its
/// rows are not made of whole blocks.
int64_t stored_bytes(StoredType type, const Shape& shape, const std::string& what);

/// Elements [first, first + to.size()) of the tensor whose bytes are `from`; needs not be aligned.
/// What f32 can hold is kept to the last bit, NaN included; the rest (f64, i64, i32) is rounded
/// once, to nearest even. Quantised numbers become what the reference's arithmetic in f32 gives.
void to_floats(StoredType type, std::span<const std::byte> from, int64_t first,
               std::span<float> to);

/// Writes `from`, made of whole blocks, as f32, f16, bf16 or q8_0: rounded to nearest even, q8_0 as
/// the reference does. Throws UserError that begins with `what` when a number is too large for f16,
/// or not finite for q8_0.
void from_floats(std::span<const float> from, StoredType type, std::span<std::byte> to,
                 const std::string& what);

}  // namespace tessera

template <>
struct fmt::formatter<tessera::StoredType> : fmt::formatter<std::string_view> {
  auto format(tessera::StoredType type, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(tessera::to_string(type), context);
  }
};
