#include "framework/data/bert_sampler.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/permutation.h"
#include "framework/data/sentence_pairs.h"

namespace tessera {
namespace {

constexpr uint64_t kPlace = 0;  // the draw of a window's place

int64_t shortest_text(const BertOptions& options) {
  return options.pairs ? kShortestPairedText : 1;
}

int64_t text_length(const BertOptions& options) {
  const int64_t length = options.length - (options.pairs ? 3 : 2);
  require(length >= (options.pairs ? 2 : 1),
          "a sequence length of {} leaves no room for text beside [CLS] and [SEP]; lengthen it",
          options.length);
  return length;
}

}  // namespace

BertSampler::BertSampler(const TokenSplit& split, uint64_t seed, const BertOptions& options)
    : train_(split.train),
      validation_(split.validation),
      options_(options),
      text_length_(text_length(options)),
      masked_(masked_count(options.masking.rate, options.length)),
      seed_(seed),
      train_windows_(train_, text_length_, shortest_text(options)),
      validation_windows_(validation_, text_length_, shortest_text(options)) {
  const Tokenizer& tokenizer = train_.tokenizer();
  require_masking(options.masking, tokenizer);
  const SpecialTokens& special = tokenizer.special();
  require(special.cls != SpecialTokens::kNone && special.sep != SpecialTokens::kNone &&
              special.pad != SpecialTokens::kNone,
          "the tokenizer of {} lacks a cls, sep or pad token; add them (tessera tokenizer add DIR "
          "--special '[CLS]' --special '[SEP]' --special '[PAD]' --out NEW) and tokenize the text "
          "with that",
          train_.shards().folder().string());
  require(train_windows_.count() > 0 || !options.pairs,
          "{}: no document of the training part has the {} tokens of text that a pair of sentences "
          "needs; tokenize longer documents, or write data.sentence_pairs: false",
          train_.shards().folder().string(), kShortestPairedText);
  require(train_windows_.count() > 0, "{}: the training part has no text; tokenize more",
          train_.shards().folder().string());
}

BertBatch BertSampler::padded_batch(int64_t count) const {
  require(count > 0, "a batch of {} samples; it must have at least 1", count);
  const auto rows = static_cast<size_t>(count);
  const auto positions = rows * static_cast<size_t>(options_.length);
  const auto masked = rows * static_cast<size_t>(masked_);
  const SpecialTokens& special = train_.tokenizer().special();
  BertBatch batch{.count = count,
                  .length = options_.length,
                  .masked = masked_,
                  .ids = std::vector<int32_t>(positions, special.pad),
                  .segments = std::vector<int32_t>(positions, 0),
                  .lengths = std::vector<int32_t>(rows, 2),
                  .masked_positions = std::vector<int32_t>(masked, 0),
                  .masked_labels = std::vector<int32_t>(masked, 0),
                  .masked_weights = std::vector<float>(masked, 0.0f),
                  .next_sentence = std::vector<int32_t>(rows, 0),
                  .next_weights = std::vector<float>(rows, 0.0f)};
  for (size_t row = 0; row < rows; ++row) {  // an empty text, until the row is filled
    batch.ids[row * static_cast<size_t>(options_.length)] = special.cls;
    batch.ids[row * static_cast<size_t>(options_.length) + 1] = special.sep;
  }
  return batch;
}

BertBatch BertSampler::train_batch(uint64_t first_sample, int64_t count) const {
  BertBatch batch = padded_batch(count);
  for (int64_t row = 0; row < count; ++row)
    fill_train_row(first_sample + static_cast<uint64_t>(row), row, batch);
  return batch;
}

BertBatch BertSampler::validation_batch(std::span<const uint64_t> samples, int64_t count) const {
  check(std::ssize(samples) <= count, "{} samples in {} rows", samples.size(), count);
  BertBatch batch = padded_batch(count);
  for (int64_t row = 0; row < std::ssize(samples); ++row)
    fill_validation_row(samples[static_cast<size_t>(row)], row, batch);
  return batch;
}

void BertSampler::fill_train_row(uint64_t sample, int64_t row, BertBatch& batch) const {
  const Random order(seed_, "data.bert.order");
  const Random layout(seed_, "data.bert.layout"), masking(seed_, "data.bert.masking");
  const uint64_t windows = train_windows_.count();
  const uint64_t index = Permutation(windows, order, sample / windows)(sample % windows);
  const double place = layout.uniform(sample, kPlace);
  fill_row(train_, train_windows_, index, place, {layout, masking, sample}, row, batch);
}

void BertSampler::fill_validation_row(uint64_t sample, int64_t row, BertBatch& batch) const {
  const Random layout(0, "data.bert.held_out.layout"), masking(0, "data.bert.held_out.masking");
  fill_row(validation_, validation_windows_, sample, 0, {layout, masking, sample}, row, batch);
}

void BertSampler::fill_row(const TokenPart& part, const TextWindows& windows, uint64_t index,
                           double place, const Draws& draws, int64_t row, BertBatch& batch) const {
  const SpecialTokens& special = part.tokenizer().special();
  SentencePair pair;
  if (options_.pairs) {
    pair = sentence_pair(part, windows, index, text_length_, draws.layout, draws.sample);
    batch.next_sentence[row] = pair.is_next ? 0 : 1;
    batch.next_weights[row] = 1;
  } else {
    const TextWindows::Window window = windows.window(index, place);
    pair.first.resize(window.end - window.begin);
    part.read(window.begin, pair.first);
  }
  const auto ids = std::span(batch.ids).subspan(row * options_.length, options_.length);
  size_t n = 0;
  ids[n++] = special.cls;
  n = static_cast<size_t>(std::copy(pair.first.begin(), pair.first.end(), ids.begin() + n) -
                          ids.begin());
  ids[n++] = special.sep;
  if (options_.pairs) {
    const size_t second = n;
    n = static_cast<size_t>(std::copy(pair.second.begin(), pair.second.end(), ids.begin() + n) -
                            ids.begin());
    ids[n++] = special.sep;
    std::fill(batch.segments.begin() + row * options_.length + second,
              batch.segments.begin() + row * options_.length + n, 1);
  }
  batch.lengths[row] = static_cast<int32_t>(n);
  const MaskedTokens masked = mask_tokens(ids.first(n), part.tokenizer(), options_.masking, masked_,
                                          draws.masking, draws.sample);
  std::copy(masked.positions.begin(), masked.positions.end(),
            batch.masked_positions.begin() + row * masked_);
  std::copy(masked.labels.begin(), masked.labels.end(),
            batch.masked_labels.begin() + row * masked_);
  std::fill_n(batch.masked_weights.begin() + row * masked_, masked.positions.size(), 1.0f);
}

}  // namespace tessera
