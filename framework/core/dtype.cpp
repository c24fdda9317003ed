#include "framework/core/dtype.h"

#include <array>
#include <utility>

namespace tessera {
namespace {

constexpr std::array<std::pair<DType, std::string_view>, 6> kNames{{{DType::f32, "f32"},
                                                                    {DType::bf16, "bf16"},
                                                                    {DType::f64, "f64"},
                                                                    {DType::i32, "i32"},
                                                                    {DType::i64, "i64"},
                                                                    {DType::boolean, "bool"}}};

}  // namespace

std::string_view to_string(DType dtype) {
  for (const auto& [value, name] : kNames)
    if (value == dtype) return name;
  internal_error("dtype {} has no name", static_cast<int>(dtype));
}

DType parse_dtype(std::string_view name) {
  for (const auto& [value, known] : kNames)
    if (known == name) return value;
  user_error("unknown dtype '{}'; known: f32, bf16, f64, i32, i64, bool", name);
}

}  // namespace tessera
