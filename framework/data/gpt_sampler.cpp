#include "framework/data/gpt_sampler.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/permutation.h"

namespace tessera {
namespace {

constexpr uint64_t kShiftDraw = ~uint64_t{0};  // an index that the permutation never draws

}  // namespace

GptSampler::GptSampler(const TokenSplit& split, uint64_t seed, int64_t length,
                       bool separate_documents, DocumentPacking packing)
    : train_(split.train),
      validation_(split.validation),
      length_(length),
      separate_documents_(separate_documents),
      random_(seed, "data.gpt.order") {
  require(length > 0, "a sequence length of {}; it must be at least 1", length);
  const auto size = static_cast<uint64_t>(length);
  const uint64_t tokens = train_.token_count();
  if (packing == DocumentPacking::best_fit) {
    packs_.emplace(train_, size);
    windows_ = packs_->count();
    return;
  }
  require(tokens >= size,
          "{}: the training part has {} tokens, fewer than one sequence of {}; tokenize more text, "
          "hold out less, or shorten the sequence",
          train_.shards().folder().string(), tokens, length);
  // This many windows fit whatever the shift; a text shorter than two windows has one.
  windows_ = std::max<uint64_t>(1, (tokens - (size - 1)) / size);
  shifts_ = std::min(size, tokens - windows_ * size + 1);
}

uint64_t GptSampler::validation_samples() const {
  const auto size = static_cast<uint64_t>(length_);
  return (validation_.token_count() + size - 1) / size;
}

GptBatch GptSampler::padded_batch(int64_t count) const {
  require(count > 0, "a batch of {} samples; it must have at least 1", count);
  const auto n = static_cast<size_t>(count * length_);
  const SpecialTokens& special = train_.tokenizer().special();
  const DocumentMarks& marks = train_.marks();
  int32_t pad = marks.opened() ? marks.opens : marks.closes;
  for (const int32_t id : {special.end_of_document, special.pad})
    if (id != SpecialTokens::kNone) pad = id;
  return {.count = count,
          .length = length_,
          .ids = std::vector<int32_t>(n, pad),
          .labels = std::vector<int32_t>(n, pad),
          .weights = std::vector<float>(n, 0.0f),
          .documents = std::vector<int32_t>(n, -1),
          .positions = std::vector<int32_t>(n, 0)};
}

GptBatch GptSampler::train_batch(uint64_t first_sample, int64_t count) const {
  GptBatch batch = padded_batch(count);
  for (int64_t row = 0; row < count; ++row)
    fill_train_row(first_sample + static_cast<uint64_t>(row), row, batch);
  return batch;
}

GptBatch GptSampler::validation_batch(std::span<const uint64_t> windows, int64_t count) const {
  check(std::ssize(windows) <= count, "{} windows in {} rows", windows.size(), count);
  GptBatch batch = padded_batch(count);
  for (int64_t row = 0; row < std::ssize(windows); ++row)
    fill_validation_row(windows[static_cast<size_t>(row)], row, batch);
  return batch;
}

void GptSampler::fill_train_row(uint64_t sample, int64_t row, GptBatch& batch) const {
  const uint64_t epoch = sample / windows_;
  const uint64_t window = Permutation(windows_, random_, epoch)(sample % windows_);
  Row place = row_of(row);
  if (packs_) {
    for (const BestFitPacks::Stretch& stretch : packs_->pack(window))
      add(train_, stretch.begin, stretch.end, place, batch);
    return;
  }
  const uint64_t begin =
      random_.below(shifts_, epoch, kShiftDraw) + window * static_cast<uint64_t>(length_);
  add(train_, begin, begin + static_cast<uint64_t>(length_), place, batch);
}

void GptSampler::fill_validation_row(uint64_t window, int64_t row, GptBatch& batch) const {
  check(window < validation_samples(), "held-out window {} of {}", window, validation_samples());
  const auto size = static_cast<uint64_t>(length_);
  Row place = row_of(row);
  add(validation_, window * size, std::min((window + 1) * size, validation_.token_count()), place,
      batch);
}

GptSampler::Row GptSampler::row_of(int64_t row) const {
  const auto begin = static_cast<size_t>(row * length_);
  return {.begin = begin, .at = begin};
}

void GptSampler::add(const TokenPart& part, uint64_t begin, uint64_t end, Row& row,
                     GptBatch& batch) const {
  part.read(begin, std::span(batch.ids).subspan(row.at, end - begin));
  for (uint64_t position = begin; position < end; ++row.documents) {
    const TokenPart::Piece piece = part.piece_at(position);
    const uint64_t stop = std::min(end, piece.end);
    for (int32_t i = 0; position < stop; ++i, ++position, ++row.at) {
      if (position + 1 < stop) {
        batch.labels[row.at] = batch.ids[row.at + 1];
        batch.weights[row.at] = 1;
      }
      batch.documents[row.at] = separate_documents_ ? row.documents : 0;
      batch.positions[row.at] = separate_documents_ ? i : static_cast<int32_t>(row.at - row.begin);
    }
    const size_t last = row.at - 1;
    if (stop < piece.end) {  // the stretch ends inside the piece
      part.read(stop, std::span(batch.labels).subspan(last, 1));
      batch.weights[last] = 1;
    } else if (piece.ends_document && part.marks().after_last() != SpecialTokens::kNone) {
      batch.labels[last] = part.marks().after_last();
      batch.weights[last] = 1;
    }
  }
}

}  // namespace tessera
