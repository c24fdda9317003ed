// MixedSampler: the samples of a corpus, each from the source that the mixture names. A sample is a
// pure function of (seed, sample index), so any number of ranks, any batch size and any resume see
// the same ones.
#pragma once

#include <span>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/data/corpus.h"

namespace tessera {

template <typename Sampler>
class MixedSampler {
 public:
  using Batch = typename Sampler::Batch;

  /// `make` makes the sampler of a source from (split, seed).
  template <typename Make>
  MixedSampler(const Corpus& corpus, uint64_t seed, const Make& make)
      : samplers_(made(corpus, seed, make)), mixture_(corpus.mixture(epochs(samplers_))) {
    for (size_t s = 0; s < samplers_.size(); ++s) first_.push_back(corpus.first_of_folder(s));
  }

  const Mixture& mixture() const { return mixture_; }
  /// Where a sample comes from. Sources of one folder count its samples together: each goes on
  /// where the others have come to.
  Mixture::Place place(uint64_t sample) const {
    Mixture::Place place = mixture_.place(sample);
    for (size_t s = 0; s < first_.size(); ++s)
      if (s != place.source && first_[s] == first_[place.source])
        place.sample += mixture_.given(s, sample);
    return place;
  }
  const Sampler& source(size_t index) const { return samplers_[index]; }
  /// Held-out samples of a source; a folder that stands twice counts once.
  uint64_t validation_samples(size_t source) const {
    return first_[source] == source ? samplers_[source].validation_samples() : 0;
  }

  Batch train_batch(uint64_t first_sample, int64_t count) const {
    Batch batch = samplers_[0].padded_batch(count);
    for (int64_t row = 0; row < count; ++row) {
      const uint64_t sample = first_sample + static_cast<uint64_t>(row);
      require(sample < mixture_.samples(),
              "the data ends before sample {}: its sources give {} samples (epochs, until); give "
              "them more epochs, or let one go on",
              sample, mixture_.samples());
      const Mixture::Place at = place(sample);
      samplers_[at.source].fill_train_row(at.sample, row, batch);
    }
    return batch;
  }

  /// The given held-out samples of one source, then rows of padding up to `count`.
  Batch validation_batch(size_t source, std::span<const uint64_t> samples, int64_t count) const {
    return samplers_[source].validation_batch(samples, count);
  }

 private:
  template <typename Make>
  static std::vector<Sampler> made(const Corpus& corpus, uint64_t seed, const Make& make) {
    std::vector<Sampler> samplers;
    const Random seeds(seed, "data.source");
    for (size_t s = 0; s < corpus.sources().size(); ++s) {
      const size_t first = corpus.first_of_folder(s);
      samplers.push_back(first < s
                             ? samplers[first]
                             : make(corpus.sources()[s].split, s == 0 ? seed : seeds.bits(0, s)));
    }
    return samplers;
  }
  static std::vector<uint64_t> epochs(const std::vector<Sampler>& samplers) {
    std::vector<uint64_t> samples;
    for (const Sampler& sampler : samplers) samples.push_back(sampler.samples_per_epoch());
    return samples;
  }

  std::vector<Sampler> samplers_;
  Mixture mixture_;
  std::vector<size_t> first_;  // the first source of the same folder
};

}  // namespace tessera
