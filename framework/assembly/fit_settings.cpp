#include "framework/assembly/fit_settings.h"

namespace tessera {

FitSettings fit_settings(const Config& config) {
  FitSettings out;
  out.recompute = config.recompute.policy;
  out.micro_sequences = config.micro_sequences();
  out.accumulate = config.batch.accumulate;
  out.bf16 = config.precision.compute == DType::bf16;
  out.ranks = config.mesh.dp_size();
  // A batch holds some four numbers for each token, and for each micro-step lists with their names.
  out.batch_bytes = config.tokens_per_step() / out.ranks * 20 + config.batch.accumulate * 1200;
  return out;
}

}  // namespace tessera
