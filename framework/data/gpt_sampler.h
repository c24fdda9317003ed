// Batches for next-token prediction: windows of a fixed length over the concatenated documents
// (packing). A sample is a pure function of (seed, sample index): the epoch is index / windows, its
// windows start at a random shift and come in a random order, both computed and not stored. Ranks
// take ranges of one batch's indices; resuming needs one index.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/random.h"
#include "framework/data/token_split.h"

namespace tessera {

struct GptBatch {
  int64_t count = 0, length = 0;  // B, S
  std::vector<int32_t> ids;       // (B, S)
  /// (B, S) The next token of the document, or end-of-document after its last.
  std::vector<int32_t> labels;
  /// (B, S) 0 where the label is unknown (text cut there, padding), else 1.
  std::vector<float> weights;
  /// (B, S) 0, 1, … per window; -1 for padding. Attention stays inside equal numbers.
  std::vector<int32_t> documents;
  /// (B, S) The place counted from 0 at the first token of each document in the window.
  std::vector<int32_t> positions;
};

class GptSampler {
 public:
  /// Without `separate_documents` a window is one text: documents are all 0 and positions run
  /// through.
  GptSampler(const TokenSplit& split, uint64_t seed, int64_t length,
             bool separate_documents = true);

  /// Training windows in one epoch.
  uint64_t samples_per_epoch() const { return windows_; }
  /// Held-out windows; the last may be padded.
  uint64_t validation_samples() const;

  /// Samples first_sample, first_sample + 1, …
  GptBatch train_batch(uint64_t first_sample, int64_t count) const;
  /// The given held-out windows, the same in every run; further rows, up to `count`, are padding of
  /// weight 0. Window w is tokens [w · length, (w + 1) · length) of the held-out part.
  GptBatch validation_batch(std::span<const uint64_t> windows, int64_t count) const;

 private:
  GptBatch padded_batch(int64_t count) const;
  void fill_row(const TokenPart& part, uint64_t position, int64_t row, GptBatch& batch) const;

  TokenPart train_;
  TokenPart validation_;
  int64_t length_;
  bool separate_documents_;
  Random random_;
  uint64_t windows_ = 0;
  uint64_t shifts_ = 1;  // choices of where an epoch's first window starts
};

}  // namespace tessera
