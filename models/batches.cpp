#include "models/batches.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tessera {
namespace {

uint64_t most_samples(const Config& config) {
  return static_cast<uint64_t>(config.evaluate.batches * config.batch.sequences);
}

/// `n` of `all` samples, spread evenly.
std::vector<uint64_t> spread(uint64_t n, uint64_t all) {
  std::vector<uint64_t> samples(n);
  for (uint64_t i = 0; i < n; ++i)  // floor(i · all / n) without an overflow
    samples[i] = i * (all / n) + i * (all % n) / n;
  return samples;
}

}  // namespace

double EvaluationBatch::hits(std::span<const int32_t> predicted) const {
  double out = 0;
  for (size_t i = 0; i < labels.size(); ++i)
    if (predicted[i] == labels[i]) out += static_cast<double>(weights[i]);
  return out;
}

std::vector<uint64_t> evaluation_samples(const Config& config, uint64_t held_out) {
  return spread(std::min(held_out, most_samples(config)), held_out);
}

std::vector<std::vector<uint64_t>> evaluation_samples(const Config& config,
                                                      std::span<const uint64_t> held_out) {
  const uint64_t all = std::accumulate(held_out.begin(), held_out.end(), uint64_t{0});
  const uint64_t most = most_samples(config);
  std::vector<std::vector<uint64_t>> samples;
  for (const uint64_t n : held_out) {
    const double share = static_cast<double>(most) * static_cast<double>(n) /
                         static_cast<double>(std::max<uint64_t>(1, all));
    const uint64_t wanted = std::max(static_cast<uint64_t>(config.batch.sequences),
                                     static_cast<uint64_t>(std::llround(share)));
    samples.push_back(spread(all <= most ? n : std::min(n, wanted), n));
  }
  return samples;
}

}  // namespace tessera
