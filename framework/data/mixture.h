// Which source each sample of a run comes from. The run is cut into phases, where sources come and
// go (from, until) or have given all they may (most). Within a phase, two halves of the sources
// share the samples by weight, as do the two halves of each half: of the first k samples the first
// half takes round(k · its weight / the weight of both). So every stretch has the sources in
// proportion, to within a few samples, and the source of a sample and its number in that source are
// found in O(log sources) from the sample's number alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera {

class Mixture {
 public:
  static constexpr uint64_t kEndless = ~uint64_t{0};
  static constexpr uint64_t kMostWeight = uint64_t{1} << 61;  // of all sources together

  struct Source {
    uint64_t weight = 1;                  // at least 1
    uint64_t most = kEndless;             // samples that it gives
    uint64_t from = 0, until = kEndless;  // the samples of the run among which it is
  };
  struct Place {
    size_t source = 0;
    uint64_t sample = 0;  // its number among the samples of the source
  };

  /// Throws UserError when no source is left for samples before those of another begin.
  explicit Mixture(std::vector<Source> sources);

  size_t source_count() const { return sources_.size(); }
  /// How many samples there are in all; kEndless when they never end.
  uint64_t samples() const { return samples_; }
  /// Where sample `sample` < samples() comes from.
  Place place(uint64_t sample) const;
  /// How many of the first `samples` samples come from `source`.
  uint64_t given(size_t source, uint64_t samples) const;

  /// Where the mixture changes: the first sample of each phase.
  std::vector<uint64_t> phase_begins() const;

 private:
  struct Phase {
    uint64_t begin = 0;
    std::vector<uint64_t> upto;   // the weight of the sources before each, and of all
    std::vector<uint64_t> given;  // by each source, before the phase

    Place place(uint64_t k) const;
    /// How many of the first k samples of the phase come from `source`.
    uint64_t count(size_t source, uint64_t k) const;
  };

  const Phase& phase_at(uint64_t sample) const;
  /// After how many samples of a phase the first of its sources has given all it may.
  uint64_t exhausted_after(const Phase& phase, uint64_t limit) const;

  std::vector<Source> sources_;
  std::vector<Phase> phases_;
  uint64_t samples_ = kEndless;
};

}  // namespace tessera
