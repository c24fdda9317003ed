#include "models/batches.h"

#include <algorithm>

namespace tessera {

std::vector<uint64_t> evaluation_samples(const Config& config, uint64_t held_out) {
  const auto most = static_cast<uint64_t>(config.evaluate.batches * config.batch.sequences);
  std::vector<uint64_t> samples(std::min(held_out, most));
  const uint64_t n = samples.size();
  for (uint64_t i = 0; i < n; ++i)  // floor(i · held_out / n) without an overflow
    samples[i] = i * (held_out / n) + i * (held_out % n) / n;
  return samples;
}

}  // namespace tessera
