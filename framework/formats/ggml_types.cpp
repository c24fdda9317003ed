#include "framework/formats/ggml_types.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

struct Row {
  uint32_t number;
  const char* name;
  std::optional<StoredType> type = std::nullopt;
};

constexpr Row kRows[] = {{0, "F32", StoredType::f32},
                         {1, "F16", StoredType::f16},
                         {2, "Q4_0", StoredType::q4_0},
                         {3, "Q4_1", StoredType::q4_1},
                         {6, "Q5_0"},
                         {7, "Q5_1"},
                         {8, "Q8_0", StoredType::q8_0},
                         {9, "Q8_1"},
                         {10, "Q2_K"},
                         {11, "Q3_K"},
                         {12, "Q4_K"},
                         {13, "Q5_K"},
                         {14, "Q6_K"},
                         {15, "Q8_K"},
                         {16, "IQ2_XXS"},
                         {17, "IQ2_XS"},
                         {18, "IQ3_XXS"},
                         {19, "IQ1_S"},
                         {20, "IQ4_NL"},
                         {21, "IQ3_S"},
                         {22, "IQ2_S"},
                         {23, "IQ4_XS"},
                         {24, "I8", StoredType::i8},
                         {25, "I16", StoredType::i16},
                         {26, "I32", StoredType::i32},
                         {27, "I64", StoredType::i64},
                         {28, "F64", StoredType::f64},
                         {29, "IQ1_M"},
                         {30, "BF16", StoredType::bf16},
                         {34, "TQ1_0"},
                         {35, "TQ2_0"},
                         {39, "MXFP4"},
                         {40, "NVFP4"},
                         {41, "Q1_0"}};

}  // namespace

std::optional<StoredType> stored_type_of_ggml(uint32_t number) {
  for (const Row& row : kRows)
    if (row.number == number) return row.type;
  return std::nullopt;
}

uint32_t ggml_number(StoredType type) {
  for (const Row& row : kRows)
    if (row.type == type) return row.number;
  internal_error("ggml has no type {}", type);
}

std::string ggml_type_name(uint32_t number) {
  for (const Row& row : kRows)
    if (row.number == number) return row.name;
  return fmt::format("number {}", number);
}

}  // namespace tessera
