#include "framework/assembly/fit_settings.h"

#include "framework/config/choices.h"

namespace tessera {

FitSettings fit_settings(const Config& config) {
  FitSettings out;
  out.recompute = choice_name(config.recompute.policy);
  out.micro_sequences = config.micro_sequences();
  out.accumulate = config.batch.accumulate;
  out.bf16 = config.precision.compute == DType::bf16;
  return out;
}

}  // namespace tessera
