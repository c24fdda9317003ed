// Reductions over any dims: sum, sum of squares, max, min. In the first sweep a block reduces a
// part of the reduced elements for one result (rows: reduced elements lie together) or for
// neighbouring results (columns: results lie together); a second sweep over the parts' results
// follows where there are several parts.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"
#include "framework/kernels/cuda/shared/strides.h"

namespace tessera::cuda {

enum class ReduceOp { sum, squares, max, min };

struct ReduceTask {
  int64_t results, reduced;  // how many results; how many elements make each
  StridedDims kept, dims;    // where results begin in x, and where their elements lie from there
  int64_t parts;
  bool columns;
  /// The elements of a result are floats that lie together and begin at multiples of kVector.
  bool packed;
  GpuTensor x, out;
  void* partials;  // [parts][results] of f32, or of i64 for integers
};

/// Results that a block of the column form makes.
inline constexpr int kReduceColumns = 32;

void run_reduce(gpu::StreamHandle stream, ReduceOp op, const ReduceTask& task);

}  // namespace tessera::cuda
