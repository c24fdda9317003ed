#include "models/batches.h"

#include <algorithm>

namespace tessera {

double EvaluationBatch::hits(std::span<const int32_t> predicted) const {
  double out = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    if (predicted[i] == labels[i]) out += static_cast<double>(weights[i]);
  return out;
}

std::vector<uint64_t> evaluation_samples(const Config& config, uint64_t held_out) {
  const auto most = static_cast<uint64_t>(config.evaluate.batches * config.batch.sequences);
  std::vector<uint64_t> samples(std::min(held_out, most));
  const uint64_t n = samples.size();
  for (uint64_t i = 0; i < n; ++i)  // floor(i · held_out / n) without an overflow
    samples[i] = i * (held_out / n) + i * (held_out % n) / n;
  return samples;
}

}  // namespace tessera
