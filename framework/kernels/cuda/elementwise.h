// Elementwise functions with broadcasting: one kernel for each row of elementwise.def, and for
// casts and choices. Floats are computed in f32.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

enum class Function {
#define TESSERA_FLOATS(name, operands, value) name,
#define TESSERA_FORM(name, operands, value) name,
#define TESSERA_NUMBERS(name, operands, value) name, name##_of_integers,
#define TESSERA_COMPARISON(name, operands, value) name, name##_of_integers,
#include "framework/kernels/cuda/elementwise.def"
#undef TESSERA_FLOATS
#undef TESSERA_FORM
#undef TESSERA_NUMBERS
#undef TESSERA_COMPARISON
  float_to_float,
  float_to_integer,
  float_to_boolean,
  integer_to_float,
  integer_to_integer,
  through_double,
  where,
  where_of_integers,
};

struct ElementwiseTask {
  int64_t count;     // elements of the result
  StridedDims dims;  // of the result, with the strides of the operands
  /// A thread's elements lie together in every operand or are all the same one.
  bool packed;
  GpuTensor in[3], out;
};

void run_elementwise(gpu::StreamHandle stream, Function function, const ElementwiseTask& task);

}  // namespace tessera::cuda
