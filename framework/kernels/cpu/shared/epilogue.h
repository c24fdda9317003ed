// What follows the product in a dense layer, row by row: pre = x + bias, y = act(pre) + residual.
// The activation is taken of pre as it is (or would be) stored, in y's type. The epilogue is a
// sweep of its own where the library's epilogue cannot serve: that one keeps only one result and
// does not round in between.
#pragma once

#include <cstdint>
#include <optional>

#include "framework/core/dense_activation.h"
#include "framework/core/device_profile.h"
#include "framework/core/dtype.h"

namespace tessera::cpu {

struct Epilogue {
  /// f32 or bf16, as all types here; pre is of y's type.
  DType x = DType::f32, y = DType::f32;
  std::optional<DType> bias = {}, residual = {};
  bool keeps_pre = false;
  DenseActivation activation = DenseActivation::none;
};

/// Pointers to the first of the `n` elements to do; `y` may be `x`. Absent operands are not read.
struct EpilogueRow {
  const void *x, *bias, *residual;
  void *y, *pre;
  int64_t n;
};

using EpilogueFunction = void (*)(const Epilogue&, const EpilogueRow&);

/// The sweep for `isa`.
EpilogueFunction epilogue_function(const Epilogue& epilogue, Isa isa);

}  // namespace tessera::cpu
