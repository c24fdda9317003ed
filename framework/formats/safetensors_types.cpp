#include "framework/formats/safetensors_types.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

struct Row {
  std::string_view name;
  StoredType type;
};
constexpr Row kRows[] = {{"F64", StoredType::f64}, {"F32", StoredType::f32},
                         {"F16", StoredType::f16}, {"BF16", StoredType::bf16},
                         {"I64", StoredType::i64}, {"I32", StoredType::i32},
                         {"I16", StoredType::i16}, {"I8", StoredType::i8},
                         {"U8", StoredType::u8},   {"BOOL", StoredType::boolean}};

}  // namespace

std::optional<StoredType> stored_type_of_safetensors(std::string_view dtype) {
  for (const Row& row : kRows)
    if (row.name == dtype) return row.type;
  return std::nullopt;
}

std::string safetensors_dtype(StoredType type) {
  for (const Row& row : kRows)
    if (row.type == type) return std::string(row.name);
  user_error("safetensors has no type {}: choose f32, f16 or bf16", type);
}

}  // namespace tessera
