#include "framework/formats/stored_type.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "framework/core/bfloat16.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/formats/half_float.h"
#include "framework/formats/quantised_blocks.h"

namespace tessera {
namespace {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

template <typename Element>
Element load(const std::byte* from) {
  Element element;
  std::memcpy(&element, from, sizeof element);
  return element;
}

/// Converts `to.size()` elements that lie one behind the other.
template <typename Element, typename Convert>
void convert_each(const std::byte* __restrict from, std::span<float> to, Convert convert) {
  float* __restrict out = to.data();
  const size_t count = to.size();
  for (size_t i = 0; i < count; ++i) out[i] = convert(load<Element>(from + i * sizeof(Element)));
}

template <typename Element>
void cast_each(const std::byte* from, std::span<float> to) {
  convert_each<Element>(from, to, [](Element element) { return static_cast<float>(element); });
}

void plain_to_floats(StoredType type, const std::byte* from, std::span<float> to) {
  switch (type) {
    case StoredType::f32:
      if (!to.empty()) std::memcpy(to.data(), from, to.size_bytes());
      return;
    case StoredType::f16:
      return convert_each<uint16_t>(from, to, half_to_float);
    case StoredType::bf16:
      return convert_each<uint16_t>(
          from, to, [](uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); });
    case StoredType::f64:
      return cast_each<double>(from, to);
    case StoredType::i64:
      return cast_each<int64_t>(from, to);
    case StoredType::i32:
      return cast_each<int32_t>(from, to);
    case StoredType::i16:
      return cast_each<int16_t>(from, to);
    case StoredType::i8:
      return cast_each<int8_t>(from, to);
    case StoredType::u8:
      return cast_each<uint8_t>(from, to);
    case StoredType::boolean:
      return convert_each<uint8_t>(from, to, [](uint8_t x) { return x != 0 ? 1.0f : 0.0f; });
    default:
      internal_error("{} is read in blocks", type);
  }
}

void block_to_floats(StoredType type, const std::byte* block, float* to) {
  if (type == StoredType::q8_0) return q8_0_to_floats(block, to);
  if (type == StoredType::q4_0) return q4_0_to_floats(block, to);
  check(type == StoredType::q4_1, "{} has no blocks", type);
  q4_1_to_floats(block, to);
}

void halves_from_floats(std::span<const float> from, std::byte* __restrict to,
                        const std::string& what) {
  const float* __restrict numbers = from.data();
  const size_t count = from.size();
  int32_t largest = 0;  // magnitude of a finite number, as bits, which are ordered as numbers are
  for (size_t i = 0; i < count; ++i) {
    const uint16_t half = float_to_half(numbers[i]);
    std::memcpy(to + 2 * i, &half, sizeof half);
    const int32_t magnitude = std::bit_cast<int32_t>(numbers[i]) & 0x7fffffff;
    const int32_t finite = magnitude < 0x7f800000 ? magnitude : 0;
    largest = largest > finite ? largest : finite;
  }
  const auto number = std::bit_cast<float>(largest);
  require(number < 65520.0f, "{} holds {}, which f16 (up to 65504) cannot: choose bf16 or f32",
          what, number);
}

}  // namespace

std::string_view to_string(StoredType type) {
  static constexpr std::string_view kNames[] = {"f64", "f32", "f16",  "bf16", "i64",  "i32", "i16",
                                                "i8",  "u8",  "bool", "q8_0", "q4_0", "q4_1"};
  return kNames[static_cast<size_t>(type)];
}

StoredBlock block_of(StoredType type) {
  static constexpr StoredBlock kBlocks[] = {{1, 8},
                                            {1, 4},
                                            {1, 2},
                                            {1, 2},
                                            {1, 8},
                                            {1, 4},  //
                                            {1, 2},
                                            {1, 1},
                                            {1, 1},
                                            {1, 1},  //
                                            {kBlockElements, kQ80Bytes},
                                            {kBlockElements, kQ40Bytes},
                                            {kBlockElements, kQ41Bytes}};
  return kBlocks[static_cast<size_t>(type)];
}

bool has_whole_blocks(StoredType type, const Shape& shape) {
  const int64_t row = shape.empty() ? 1 : shape.back();
  return row % block_of(type).elements == 0;
}

int64_t stored_bytes(StoredType type, const Shape& shape, const std::string& what) {
  const StoredBlock block = block_of(type);
  require(has_whole_blocks(type, shape),
          "{}: rows of {} do not divide into the blocks of {} that {} has", what, to_string(shape),
          block.elements, type);
  if (block.elements == 1) return checked_bytes(shape, static_cast<size_t>(block.bytes), what);
  Shape blocks = shape;
  blocks.back() /= block.elements;
  return checked_bytes(blocks, static_cast<size_t>(block.bytes), what);
}

void to_floats(StoredType type, std::span<const std::byte> from, int64_t first,
               std::span<float> to) {
  const auto [elements, bytes] = block_of(type);
  const auto count = static_cast<int64_t>(to.size());
  const auto held = static_cast<int64_t>(from.size()) / bytes * elements;
  check(first >= 0 && count <= held && first <= held - count, "elements {} to {} of {}", first,
        first + count, held);
  if (elements == 1) return plain_to_floats(type, from.data() + first * bytes, to);
  const std::byte* block = from.data() + first / elements * bytes;
  int64_t skip = first % elements;  // elements of the first block that lie before `first`
  while (!to.empty()) {
    const auto here = std::min(static_cast<size_t>(elements - skip), to.size());
    if (here == static_cast<size_t>(elements)) {
      block_to_floats(type, block, to.data());
    } else {
      float whole[kBlockElements];
      block_to_floats(type, block, whole);
      std::copy_n(whole + skip, here, to.data());
    }
    to = to.subspan(here);
    block += bytes;
    skip = 0;
  }
}

void from_floats(std::span<const float> from, StoredType type, std::span<std::byte> to,
                 const std::string& what) {
  const auto [elements, bytes] = block_of(type);
  check(from.size() % static_cast<size_t>(elements) == 0 &&
            to.size() == from.size() / static_cast<size_t>(elements) * static_cast<size_t>(bytes),
        "{} numbers as {} do not take {} bytes", from.size(), type, to.size());
  if (from.empty()) return;
  switch (type) {
    case StoredType::f32:
      std::memcpy(to.data(), from.data(), to.size());
      return;
    case StoredType::f16:
      return halves_from_floats(from, to.data(), what);
    case StoredType::bf16:
      for (size_t i = 0; i < from.size(); ++i) {
        const bfloat16 number(from[i]);
        std::memcpy(to.data() + 2 * i, &number, sizeof number);
      }
      return;
    case StoredType::q8_0:
      for (size_t i = 0; i < from.size() / kBlockElements; ++i)
        require(floats_to_q8_0(from.data() + i * kBlockElements, to.data() + i * kQ80Bytes),
                "{} holds a number that is not finite or too large for q8_0: choose f32", what);
      return;
    default:
      internal_error("nothing is written as {}", type);
  }
}

}  // namespace tessera
