#include "framework/assembly/fit_settings.h"

namespace tessera {

FitSettings fit_settings(const Config& config) {
  FitSettings out;
  out.recompute = config.recompute.policy;
  out.micro_sequences = config.micro_sequences();
  out.accumulate = config.batch.accumulate;
  out.bf16 = config.precision.compute == DType::bf16;
  return out;
}

}  // namespace tessera
