#include "framework/data/bert_sampler.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/permutation.h"

namespace tessera {
namespace {

// Draws of a sample's layout by their index.
constexpr uint64_t kJitter = 0, kIsNext = 1, kCut = 2, kElsewhere = 16;
constexpr uint64_t kElsewhereTries = 16;

std::vector<int32_t> tokens(const TokenPart& part, uint64_t begin, uint64_t end) {
  std::vector<int32_t> ids(end - begin);
  part.read(begin, ids);
  return ids;
}

int64_t shortest_text(const BertOptions& options) { return options.pairs ? 2 : 1; }

int64_t text_length(const BertOptions& options) {
  const int64_t length = options.length - (options.pairs ? 3 : 2);
  require(length >= shortest_text(options),
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
          "the tokenizer of {} lacks a cls, sep or pad token; tokenize the text with one that has",
          train_.shards().folder().string());
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
  const Random order(seed_, "data.bert.order");
  const Random layout(seed_, "data.bert.layout"), masking(seed_, "data.bert.masking");
  const uint64_t windows = train_windows_.count();
  for (int64_t row = 0; row < count; ++row) {
    const uint64_t sample = first_sample + static_cast<uint64_t>(row);
    const uint64_t index = Permutation(windows, order, sample / windows)(sample % windows);
    const auto window = train_windows_.window(index, layout.uniform(sample, kJitter));
    fill_row(train_, train_windows_, window, {layout, masking, sample}, row, batch);
  }
  return batch;
}

BertBatch BertSampler::validation_batch(std::span<const uint64_t> samples, int64_t count) const {
  check(std::ssize(samples) <= count, "{} samples in {} rows", samples.size(), count);
  BertBatch batch = padded_batch(count);
  const Random layout(0, "data.bert.held_out.layout"), masking(0, "data.bert.held_out.masking");
  for (int64_t row = 0; row < std::ssize(samples); ++row) {
    const uint64_t sample = samples[static_cast<size_t>(row)];
    const auto window = validation_windows_.window(sample, 0);
    fill_row(validation_, validation_windows_, window, {layout, masking, sample}, row, batch);
  }
  return batch;
}

void BertSampler::fill_row(const TokenPart& part, const TextWindows& windows,
                           const TextWindows::Window& window, const Draws& draws, int64_t row,
                           BertBatch& batch) const {
  const SpecialTokens& special = part.tokenizer().special();
  Pair pair;
  if (options_.pairs) {
    pair = make_pair(part, windows, window, draws);
    batch.next_sentence[row] = pair.is_next ? 0 : 1;
    batch.next_weights[row] = 1;
  } else {
    pair.first = tokens(part, window.begin, window.end);
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

BertSampler::Pair BertSampler::make_pair(const TokenPart& part, const TextWindows& windows,
                                         const TextWindows::Window& window,
                                         const Draws& draws) const {
  Pair pair;
  pair.first = tokens(part, window.begin, window.end);
  const uint64_t cut = sentence_cut(pair.first, draws);
  pair.second.assign(pair.first.begin() + static_cast<int64_t>(cut), pair.first.end());
  pair.first.resize(cut);
  const bool elsewhere = draws.layout.below(2, draws.sample, kIsNext) == 1;
  // A text that has no elsewhere (one short document in all) keeps its true continuation, and says so.
  if (elsewhere) pair.is_next = !take_elsewhere(part, windows, window, draws, pair.second);
  return pair;
}

uint64_t BertSampler::sentence_cut(std::span<const int32_t> text, const Draws& draws) const {
  const uint64_t n = text.size();
  const uint64_t low = std::max<uint64_t>(1, n / 4), high = std::max(low, 3 * n / 4);
  std::vector<uint64_t> ends;
  for (uint64_t cut = low; cut <= high; ++cut) {
    if (train_.tokenizer().ends_sentence(text[cut - 1], text[cut])) ends.push_back(cut);
  }
  if (ends.empty()) return low + draws.layout.below(high - low + 1, draws.sample, kCut);
  return ends[draws.layout.below(ends.size(), draws.sample, kCut)];
}

bool BertSampler::take_elsewhere(const TokenPart& part, const TextWindows& windows,
                                 const TextWindows::Window& window, const Draws& draws,
                                 std::vector<int32_t>& second) const {
  const uint64_t wanted = second.size();
  for (uint64_t t = 0; t < kElsewhereTries; ++t) {
    const uint64_t draw = kElsewhere + 2 * t;
    const auto other = windows.window(draws.layout.below(windows.count(), draws.sample, draw),
                                      draws.layout.uniform(draws.sample, draw + 1));
    const bool same_text = other.text.piece == window.text.piece;
    const bool last_half =
        t >= kElsewhereTries / 2;  // no other document was met: take another place
    const bool apart = other.end <= window.begin || other.begin >= window.end;
    if (same_text && !(last_half && apart)) continue;
    std::vector<int32_t> text = tokens(part, other.begin, other.end);
    uint64_t start = 0;  // of the first sentence that still leaves enough
    for (uint64_t at = 1; at + wanted <= text.size() && start == 0; ++at) {
      if (part.tokenizer().ends_sentence(text[at - 1], text[at])) start = at;
    }
    text.erase(text.begin(), text.begin() + static_cast<int64_t>(start));
    if (text.size() > wanted) text.resize(wanted);
    second = std::move(text);
    return true;
  }
  return false;
}

}  // namespace tessera
