// A length of training or an interval in it, in the unit the user wrote: `500 steps` or `20M
// tokens`. It is kept as written (not resolved to steps), so that a config prints as it was meant
// and follows a change of batch size.
#pragma once

#include <cstdint>
#include <string>

namespace tessera {

struct Duration {
  enum class Unit { steps, tokens };

  int64_t count = 0;
  Unit unit = Unit::steps;

  static Duration of_steps(int64_t count) { return {count, Unit::steps}; }
  static Duration of_tokens(int64_t count) { return {count, Unit::tokens}; }

  /// The length in optimizer steps of `tokens_per_step` tokens; tokens are rounded up to whole
  /// steps.
  int64_t steps(int64_t tokens_per_step) const;

  /// True for `0 steps` and `0 tokens`, which for an interval mean never.
  bool never() const { return count == 0; }

  bool operator==(const Duration&) const = default;
};

/// A place in a run's data, counted from its beginning: `5000 samples` or `20M tokens`. It is not
/// counted in steps, so that a sample is the same whatever the batch size.
struct SampleSpan {
  enum class Unit { samples, tokens };

  int64_t count = 0;
  Unit unit = Unit::samples;

  /// In samples of `tokens_per_sample` tokens; tokens are rounded up to whole samples.
  int64_t samples(int64_t tokens_per_sample) const;
  bool operator==(const SampleSpan&) const = default;
};

/// A number of bytes: `8 GiB`.
struct ByteSize {
  int64_t bytes = 0;
  bool operator==(const ByteSize&) const = default;
};

/// `500 steps`, `20M tokens`: parses back to an equal Duration.
std::string to_string(const Duration& duration);
/// `5000 samples`, `20M tokens`: parses back to an equal SampleSpan.
std::string to_string(const SampleSpan& span);
/// `8 GiB`, `1500 B`: the largest unit in which the number is whole; parses back to an equal size.
std::string to_string(const ByteSize& size);

}  // namespace tessera
