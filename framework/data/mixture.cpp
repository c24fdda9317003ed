#include "framework/data/mixture.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr uint64_t kMostSamples = uint64_t{1} << 62;  // more than any run reads

/// round(k · part / whole), exact.
uint64_t share(uint64_t k, uint64_t part, uint64_t whole) {
  using Wide = unsigned __int128;
  return static_cast<uint64_t>((2 * Wide{k} * part + whole) / (2 * Wide{whole}));
}

}  // namespace

Mixture::Mixture(std::vector<Source> sources) : sources_(std::move(sources)) {
  check(!sources_.empty(), "a mixture of nothing");
  uint64_t all = 0;
  for (const Source& source : sources_) {
    check(source.weight > 0 && source.weight <= kMostWeight - all, "weight {}", source.weight);
    all += source.weight;
  }
  std::vector<uint64_t> given(sources_.size(), 0);
  for (uint64_t begin = 0; begin < kMostSamples;) {
    Phase phase{.begin = begin, .upto = {0}, .given = given};
    uint64_t end = kEndless;  // the next time that a source comes or goes
    for (size_t s = 0; s < sources_.size(); ++s) {
      const Source& source = sources_[s];
      const bool here = source.from <= begin && begin < source.until && given[s] < source.most;
      phase.upto.push_back(phase.upto.back() + (here ? source.weight : 0));
      if (source.from > begin) end = std::min(end, source.from);
      if (here) end = std::min(end, source.until);
    }
    if (phase.upto.back() == 0) {
      require(end == kEndless, "samples {} to {} of the run have no source: {}", begin, end - 1,
              begin == 0 ? "none begins with the first sample; let one begin earlier (from)"
                         : "all that were there before have ended (until, epochs); let one of them "
                           "go on, or another begin earlier (from)");
      samples_ = begin;
      break;
    }
    const uint64_t length = exhausted_after(phase, std::min(end, begin + kMostSamples) - begin);
    for (size_t s = 0; s < sources_.size(); ++s) given[s] += phase.count(s, length);
    begin += length;
    phases_.push_back(std::move(phase));
  }
  require(!phases_.empty(), "no source gives the first sample of the run; let one begin at once");
}

uint64_t Mixture::exhausted_after(const Phase& phase, uint64_t limit) const {
  for (size_t s = 0; s < sources_.size(); ++s) {
    const uint64_t left = sources_[s].most - phase.given[s];
    if (phase.upto[s] == phase.upto[s + 1] || sources_[s].most == kEndless) continue;
    if (phase.count(s, limit) < left) continue;
    uint64_t low = 0, high = limit;  // counts: too few, enough
    while (high - low > 1) {
      const uint64_t middle = low + (high - low) / 2;
      (phase.count(s, middle) < left ? low : high) = middle;
    }
    limit = high;
  }
  return limit;
}

Mixture::Place Mixture::Phase::place(uint64_t k) const {
  size_t low = 0, high = upto.size() - 1;
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    const uint64_t part = upto[middle] - upto[low], whole = upto[high] - upto[low];
    const uint64_t first = share(k, part, whole);
    if (share(k + 1, part, whole) > first) {
      high = middle;
      k = first;
    } else {
      low = middle;
      k -= first;
    }
  }
  return {.source = low, .sample = given[low] + k};
}

uint64_t Mixture::Phase::count(size_t source, uint64_t k) const {
  if (upto[source] == upto[source + 1]) return 0;
  size_t low = 0, high = upto.size() - 1;
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    const uint64_t first = share(k, upto[middle] - upto[low], upto[high] - upto[low]);
    if (source < middle) {
      high = middle;
      k = first;
    } else {
      low = middle;
      k -= first;
    }
  }
  return k;
}

const Mixture::Phase& Mixture::phase_at(uint64_t sample) const {
  const auto after = std::ranges::upper_bound(phases_, sample, {}, &Phase::begin);
  return *std::prev(after);
}

Mixture::Place Mixture::place(uint64_t sample) const {
  check(sample < samples_, "sample {} of {}", sample, samples_);
  const Phase& phase = phase_at(sample);
  return phase.place(sample - phase.begin);
}

uint64_t Mixture::given(size_t source, uint64_t samples) const {
  const Phase& phase = phase_at(std::min(samples, samples_));
  return phase.given[source] + phase.count(source, std::min(samples, samples_) - phase.begin);
}

std::vector<uint64_t> Mixture::phase_begins() const {
  std::vector<uint64_t> begins;
  for (const Phase& phase : phases_) begins.push_back(phase.begin);
  return begins;
}

}  // namespace tessera
