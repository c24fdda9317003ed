// Batches for next-token prediction: windows of a fixed length over the concatenated documents, or
// packs of whole documents (best_fit.h). A sample is a pure function of (seed, sample index): the
// epoch is index / windows, its windows start at a random shift and come in a random order, both
// computed and not stored. Ranks take ranges of one batch's indices; resuming needs one index.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "framework/core/random.h"
#include "framework/data/best_fit.h"
#include "framework/data/token_split.h"

namespace tessera {

struct GptBatch {
  int64_t count = 0, length = 0;  // B, S
  std::vector<int32_t> ids;       // (B, S)
  /// (B, S) The next token of the document; after its last, the mark that opens the next one.
  std::vector<int32_t> labels;
  /// (B, S) 0 where no label is known (text cut there, padding, behind a closing mark), else 1.
  std::vector<float> weights;
  /// (B, S) 0, 1, … per window; -1 for padding. Attention stays inside equal numbers.
  std::vector<int32_t> documents;
  /// (B, S) The place counted from 0 at the first token of each document in the window.
  std::vector<int32_t> positions;
};

enum class DocumentPacking { stream, best_fit };

class GptSampler {
 public:
  using Batch = GptBatch;

  /// Without `separate_documents` a window is one text: documents are all 0 and positions run
  /// through.
  GptSampler(const TokenSplit& split, uint64_t seed, int64_t length, bool separate_documents = true,
             DocumentPacking packing = DocumentPacking::stream);

  /// Training windows in one epoch.
  uint64_t samples_per_epoch() const { return windows_; }
  /// Held-out windows; the last may be padded. They are cut as in a stream whatever the packing is,
  /// so that losses can be compared.
  uint64_t validation_samples() const;
  /// The share of an epoch's training windows that is padding.
  double padding() const { return packs_ ? packs_->padding() : 0; }

  /// `count` rows of padding, which have weight 0.
  GptBatch padded_batch(int64_t count) const;
  void fill_train_row(uint64_t sample, int64_t row, GptBatch& batch) const;
  /// Held-out window w is tokens [w · length, (w + 1) · length) of the held-out part, in every run.
  void fill_validation_row(uint64_t window, int64_t row, GptBatch& batch) const;

  /// Samples first_sample, first_sample + 1, …
  GptBatch train_batch(uint64_t first_sample, int64_t count) const;
  /// The given held-out windows; further rows, up to `count`, are padding.
  GptBatch validation_batch(std::span<const uint64_t> windows, int64_t count) const;

 private:
  /// The place of a row that is being filled.
  struct Row {
    size_t begin = 0, at = 0;  // positions in the batch
    int32_t documents = 0;     // that it holds so far
  };

  Row row_of(int64_t row) const;
  /// Fills in tokens [begin, end) of the part.
  void add(const TokenPart& part, uint64_t begin, uint64_t end, Row& row, GptBatch& batch) const;

  TokenPart train_;
  TokenPart validation_;
  int64_t length_;
  bool separate_documents_;
  Random random_;
  std::optional<BestFitPacks> packs_;
  uint64_t windows_ = 0;
  uint64_t shifts_ = 1;  // choices of where an epoch's first window starts
};

}  // namespace tessera
