#include "framework/data/gpt_sampler.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/permutation.h"

namespace tessera {
namespace {

constexpr uint64_t kShiftDraw = ~uint64_t{0};  // an index that the permutation never draws

}  // namespace

GptSampler::GptSampler(const TokenSplit& split, uint64_t seed, int64_t length,
                       bool separate_documents)
    : train_(split.train),
      validation_(split.validation),
      length_(length),
      separate_documents_(separate_documents),
      random_(seed, "data.gpt.order") {
  require(length > 0, "a sequence length of {}; it must be at least 1", length);
  const auto size = static_cast<uint64_t>(length);
  const uint64_t tokens = train_.token_count();
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
  const int32_t pad = special.pad != SpecialTokens::kNone ? special.pad : special.end_of_document;
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
  for (int64_t row = 0; row < count; ++row) {
    const uint64_t sample = first_sample + static_cast<uint64_t>(row);
    const uint64_t epoch = sample / windows_;
    const uint64_t window = Permutation(windows_, random_, epoch)(sample % windows_);
    const uint64_t shift = random_.below(shifts_, epoch, kShiftDraw);
    fill_row(train_, shift + window * static_cast<uint64_t>(length_), row, batch);
  }
  return batch;
}

GptBatch GptSampler::validation_batch(std::span<const uint64_t> windows, int64_t count) const {
  check(std::ssize(windows) <= count, "{} windows in {} rows", windows.size(), count);
  GptBatch batch = padded_batch(count);
  for (int64_t row = 0; row < std::ssize(windows); ++row) {
    const uint64_t window = windows[static_cast<size_t>(row)];
    check(window < validation_samples(), "held-out window {} of {}", window, validation_samples());
    fill_row(validation_, window * static_cast<uint64_t>(length_), row, batch);
  }
  return batch;
}

void GptSampler::fill_row(const TokenPart& part, uint64_t position, int64_t row,
                          GptBatch& batch) const {
  const auto offset = static_cast<size_t>(row * length_);
  const uint64_t end = std::min(position + static_cast<uint64_t>(length_), part.token_count());
  part.read(position, std::span(batch.ids).subspan(offset, end - position));
  size_t at = offset;
  for (int32_t document = 0; position < end; ++document) {
    const TokenPart::Piece piece = part.piece_at(position);
    const uint64_t stop = std::min(end, piece.end);
    for (int32_t i = 0; position < stop; ++i, ++position, ++at) {
      if (position + 1 < stop) {
        batch.labels[at] = batch.ids[at + 1];
        batch.weights[at] = 1;
      }
      batch.documents[at] = separate_documents_ ? document : 0;
      batch.positions[at] = separate_documents_ ? i : static_cast<int32_t>(at - offset);
    }
    if (stop < piece.end) {  // the window ends inside the piece
      part.read(stop, std::span(batch.labels).subspan(at - 1, 1));
      batch.weights[at - 1] = 1;
    } else if (piece.ends_document) {
      batch.labels[at - 1] = part.tokenizer().special().end_of_document;
      batch.weights[at - 1] = 1;
    }
  }
}

}  // namespace tessera
