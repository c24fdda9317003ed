// Element types of tensors, their names and sizes, and a dispatch from a run-time DType to a C++
// type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "framework/core/bfloat16.h"
#include "framework/core/error.h"

namespace tessera {

enum class DType : uint8_t { f32, bf16, f64, i32, i64, boolean };

/// Bytes of one element; a boolean takes one byte (0 or 1).
constexpr size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::bf16:
      return 2;
    case DType::f64:
    case DType::i64:
      return 8;
    case DType::boolean:
      return 1;
  }
  return 0;
}

constexpr bool is_float(DType dtype) {
  return dtype == DType::f32 || dtype == DType::bf16 || dtype == DType::f64;
}
constexpr bool is_integer(DType dtype) { return dtype == DType::i32 || dtype == DType::i64; }

/// "f32", "bf16", "f64", "i32", "i64", "bool".
std::string_view to_string(DType dtype);

/// The inverse of to_string; throws a UserError that names the known types.
DType parse_dtype(std::string_view name);

template <typename T>
struct Tag {
  using type = T;
};

/// Calls `f(Tag<T>{})` with the C++ type of a float dtype (float, bfloat16, double).
template <typename F>
auto dispatch_float(DType dtype, std::string_view what, F&& f) {
  switch (dtype) {
    case DType::f32:
      return f(Tag<float>{});
    case DType::bf16:
      return f(Tag<bfloat16>{});
    case DType::f64:
      return f(Tag<double>{});
    default:
      internal_error("{}: {} is not a float type", what, to_string(dtype));
  }
}

/// Calls `f(Tag<T>{})` with the C++ type of any dtype (boolean is uint8_t).
template <typename F>
auto dispatch(DType dtype, std::string_view what, F&& f) {
  switch (dtype) {
    case DType::i32:
      return f(Tag<int32_t>{});
    case DType::i64:
      return f(Tag<int64_t>{});
    case DType::boolean:
      return f(Tag<uint8_t>{});
    default:
      return dispatch_float(dtype, what, std::forward<F>(f));
  }
}

}  // namespace tessera

template <>
struct fmt::formatter<tessera::DType> : fmt::formatter<std::string_view> {
  auto format(tessera::DType dtype, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(tessera::to_string(dtype), context);
  }
};
