// What follows the product in a dense layer, row by row: pre = x + bias, y = act(pre) + residual. An activation is taken of
// pre as it is (or would be) stored, in y's type. Its own sweep where the library's epilogue cannot serve: it keeps only
// one result and does not round in between.
#pragma once

#include <cstdint>
#include <optional>

#include "framework/core/device_profile.h"
#include "framework/core/dtype.h"
#include "framework/kernels/cpu/shared/activation.h"

namespace tessera::cpu {

struct Epilogue {
  DType x = DType::f32, y = DType::f32;  // f32 or bf16, as all types here; pre is of y's type
  std::optional<DType> bias = {}, residual = {};
  bool keeps_pre = false;
  Activation activation = Activation::none;
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
