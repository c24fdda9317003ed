// Batches for masked-language modelling and next-sentence prediction: [CLS] A [SEP] B [SEP], or
// [CLS] A [SEP], with A and B from sentence_pairs.h. A sample is a pure function of (seed, sample
// index), its masks included.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/core/random.h"
#include "framework/data/masking.h"
#include "framework/data/text_windows.h"
#include "framework/data/token_split.h"

namespace tessera {

struct BertBatch {
  int64_t count = 0, length = 0, masked = 0;  // B, S, P
  std::vector<int32_t> ids;                   // (B, S)
  std::vector<int32_t> segments;          // (B, S) 0 up to the first [SEP], then 1; 0 for padding
  std::vector<int32_t> lengths;           // (B) tokens before the padding
  std::vector<int32_t> masked_positions;  // (B, P) rising, then 0 with weight 0
  std::vector<int32_t> masked_labels;     // (B, P) the tokens that stood there
  std::vector<float> masked_weights;      // (B, P)
  std::vector<int32_t> next_sentence;     // (B) 0: B follows A; 1: B is from elsewhere
  std::vector<float> next_weights;        // (B) 0 without pairs and for rows past the end
};

struct BertOptions {
  int64_t length = 128;
  bool pairs = true;
  Masking masking = {};
};

class BertSampler {
 public:
  using Batch = BertBatch;

  BertSampler(const TokenSplit& split, uint64_t seed, const BertOptions& options);

  uint64_t samples_per_epoch() const { return train_windows_.count(); }
  uint64_t validation_samples() const { return validation_windows_.count(); }
  /// The P of a batch: ceil(rate * S).
  int64_t masked() const { return masked_; }

  /// `count` rows of padding, which have weight 0.
  BertBatch padded_batch(int64_t count) const;
  void fill_train_row(uint64_t sample, int64_t row, BertBatch& batch) const;
  /// A held-out sample, with the same masks in every run.
  void fill_validation_row(uint64_t sample, int64_t row, BertBatch& batch) const;

  BertBatch train_batch(uint64_t first_sample, int64_t count) const;
  /// The given held-out samples; further rows, up to `count`, are padding.
  BertBatch validation_batch(std::span<const uint64_t> samples, int64_t count) const;

 private:
  struct Draws {
    Random layout, masking;
    uint64_t sample;
  };

  /// Fills a row from window `index`; `place` is where in its stretch a text without a pair begins.
  void fill_row(const TokenPart& part, const TextWindows& windows, uint64_t index, double place,
                const Draws& draws, int64_t row, BertBatch& batch) const;

  TokenPart train_;
  TokenPart validation_;
  BertOptions options_;
  int64_t text_length_;  // S without [CLS] and [SEP]s
  int64_t masked_;
  uint64_t seed_;
  TextWindows train_windows_;
  TextWindows validation_windows_;
};

}  // namespace tessera
