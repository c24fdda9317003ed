#include "framework/train/data_forecast.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/record/progress.h"

namespace tessera {
namespace {

std::string count(uint64_t n) { return grouped(static_cast<int64_t>(n)); }

}  // namespace

std::string data_forecast(const Config& config, const Batches& batches) {
  const Mixture* mixture = batches.mixture();
  if (mixture == nullptr) return {};
  const auto sequences = static_cast<uint64_t>(config.batch.sequences);
  const uint64_t samples =
      static_cast<uint64_t>(config.train.steps.steps(config.tokens_per_step())) * sequences;
  require(mixture->samples() >= samples,
          "the data ends before the training: its sources give {} samples (epochs, until), which "
          "are {} whole steps, and train.steps = {} read {}; give the sources more epochs, let one "
          "go on, or train for fewer steps",
          count(mixture->samples()), count(mixture->samples() / sequences),
          to_string(config.train.steps), count(samples));
  const std::vector<BatchSource> sources = batches.sources();
  std::string text = fmt::format("data: {} samples", count(samples));
  if (mixture->samples() != Mixture::kEndless)
    text += fmt::format(" of the {} that the sources give", count(mixture->samples()));
  for (size_t s = 0; s < sources.size(); ++s) {
    const uint64_t given = mixture->given(s, samples);
    const double share =
        samples == 0 ? 0 : 100 * static_cast<double>(given) / static_cast<double>(samples);
    text +=
        sources.size() == 1 ? ": " : fmt::format("\n  {:<16} {:5.1f} %  ", sources[s].name, share);
    text +=
        fmt::format("{:.3g} epochs of {} samples",
                    static_cast<double>(given) / static_cast<double>(sources[s].samples_per_epoch),
                    count(sources[s].samples_per_epoch));
    if (sources[s].padding >= 0.0005)
      text += fmt::format(", {:.1f} % of them padding", 100 * sources[s].padding);
  }
  const std::vector<uint64_t> begins = mixture->phase_begins();
  // Where all sources end together, the last few samples come from what rounding has left.
  const uint64_t end = std::min(
      samples, mixture->samples() - std::min<uint64_t>(mixture->samples(), sources.size()));
  for (size_t p = 1; p < begins.size() && begins[p] < end; ++p)
    text += fmt::format("{}sample {} (step {})", p == 1 ? "\n  the mixture changes at " : ", ",
                        count(begins[p]), count(begins[p] / sequences));
  return text + "\n";
}

}  // namespace tessera
