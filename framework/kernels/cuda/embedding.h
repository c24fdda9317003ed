// embedding, and its gradient: the rows of dy summed by id, in order of position.
#pragma once

#include "framework/kernels/cuda/shared/element.h"
#include "framework/kernels/cuda/shared/launch.h"

namespace tessera::cuda {

struct EmbeddingTask {
  int64_t count;         // ids
  int64_t rows, width;   // of the table held
  int64_t first, whole;  // its first row in the whole table; rows of that
  const int32_t* ids;
  GpuTensor table, out;
};

struct EmbeddingGradTask {
  int64_t count, rows, width, first;
  int64_t owners;   // blocks that share the rows out: row r belongs to block r % owners
  bool accumulate;  // to what dtable holds
  const int32_t* ids;
  GpuTensor dy;
  float* dtable;
};

void run_embedding(gpu::StreamHandle stream, const EmbeddingTask& task);
void run_embedding_grad(gpu::StreamHandle stream, const EmbeddingGradTask& task);

}  // namespace tessera::cuda
