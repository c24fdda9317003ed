#include "launch/train_tokenizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "framework/data/source_checks.h"
#include "framework/data/text_parts.h"
#include "framework/record/progress.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

std::string mib(uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 0x1p20);
}

std::string number(uint64_t value) { return grouped(static_cast<int64_t>(value)); }

double megabytes_per_second(uint64_t bytes, double seconds) {
  return static_cast<double>(bytes) / 1e6 / std::max(seconds, 1e-6);
}

/// Keeps some of the batches that go by, from all over the text: every one at first, and half as many
/// whenever there are too many. Which ones does not depend on the order in which threads bring them.
class Sample {
 public:
  using Texts = std::vector<std::string>;

  bool wants(uint64_t number) const {
    const std::lock_guard lock(mutex_);
    return number % stride_ == 0;
  }
  void add(uint64_t number, Texts texts) {
    const std::lock_guard lock(mutex_);
    if (number % stride_ != 0) return;
    batches_.emplace(number, std::move(texts));
    if (batches_.size() < kMost) return;
    stride_ *= 2;
    std::erase_if(batches_, [&](const auto& batch) { return batch.first % stride_ != 0; });
  }
  Texts take() {
    Texts all;
    for (auto& [number, texts] : batches_)
      for (std::string& text : texts) all.push_back(std::move(text));
    return all;
  }

 private:
  static constexpr size_t kMost = 64;

  mutable std::mutex mutex_;
  uint64_t stride_ = 1;
  std::map<uint64_t, Texts> batches_;
};

std::string progress_text(const TextParts::Counts& done, double seconds) {
  return fmt::format("{} of {} files, {}{}, {:.1f} MB/s", number(done.files),
                     number(done.files_total), mib(done.bytes),
                     done.bytes_total >= done.bytes ? " of " + mib(done.bytes_total) : "",
                     megabytes_per_second(done.text_bytes, seconds));
}

}  // namespace

TrainedTokenizer train_tokenizer_on(const TrainingTexts& texts, const TokenizerTraining& training) {
  require_trainable(training);
  ProgressDisplay progress = ProgressDisplay::on_standard_output();
  const SourceFiles sources = list_source_files({texts.inputs.begin(), texts.inputs.end()},
                                                texts.exclude, texts.include_hidden);
  require_readable(sources.unreadable, texts.reading);
  TextParts parts(sources.files, texts.reading, {.records = true, .files = texts.whole_documents});
  Sample sample;
  const auto begun = Clock::now();
  auto shown = begun;
  WordCountOptions counting = texts.counting;
  if (counting.threads <= 0) counting.threads = available_cores();
  uint64_t batches = 0;
  WordCounts words = count_training_words(
      [&](TextPart& part) {
        const auto batch = std::make_shared<TextParts::Batch>();
        if (!parts.take(*batch)) return false;
        part.by_lines = batch->at_lines;
        part.texts = [&, batch, number = batches++](const auto& found) {
          Sample::Texts kept;
          const bool wanted = sample.wants(number);
          parts.read(*batch, [&](std::string_view text) {
            found(text);
            if (wanted) kept.emplace_back(text);
          });
          if (wanted) sample.add(number, std::move(kept));
        };
        if (Clock::now() - shown >= std::chrono::milliseconds(100)) {
          shown = Clock::now();
          progress.busy(progress_text(parts.counts(), seconds_since(begun)));
        }
        return true;
      },
      training, counting);
  const TextParts::Counts counts = parts.counts();
  TrainedTokenizer trained{.files = {},
                           .documents = counts.documents,
                           .text_bytes = counts.text_bytes,
                           .left_out = counts.left_out + sources.unreadable.size(),
                           .broken = counts.broken,
                           .words = words.size(),
                           .read_seconds = seconds_since(begun),
                           .sample = sample.take()};
  require(trained.words > 0, "no text found in {} file{}; name files or folders that hold text",
          counts.files_total, counts.files_total == 1 ? "" : "s");
  progress.busy(fmt::format("merging {} distinct words", number(trained.words)));
  const auto merging = Clock::now();
  trained.files = train_tokenizer(std::move(words), training);
  trained.merge_seconds = seconds_since(merging);
  progress.ready();
  return trained;
}

void print_trained(const TrainedTokenizer& trained, const TokenizerTraining& training,
                   const std::string& named) {
  const auto tokenizer = std::make_shared<const Tokenizer>(trained.files, named);
  Encoder encoder(tokenizer);
  std::vector<int32_t> ids;
  uint64_t bytes = 0;
  for (const std::string& text : trained.sample) {
    encoder.encode(text, {}, ids);
    bytes += text.size();
  }
  const auto made = static_cast<size_t>(tokenizer->vocab_size());
  fmt::print(
      "{} of text in {} documents, {} distinct words; read at {:.1f} MB/s, merged in {:.1f} s\n",
      mib(trained.text_bytes), number(trained.documents), number(trained.words),
      megabytes_per_second(trained.text_bytes, trained.read_seconds), trained.merge_seconds);
  if (trained.left_out > 0) fmt::print("left out: {} files without text\n", trained.left_out);
  if (trained.broken > 0) fmt::print("left out: {} broken records\n", trained.broken);
  fmt::print("{} tokens in {}; {:.3f} bytes per token on {} of that text\n", number(made), named,
             static_cast<double>(bytes) / static_cast<double>(std::max<size_t>(ids.size(), 1)),
             trained.text_bytes == bytes ? "all" : "a sample");
  if (made < training.vocabulary)
    fmt::print("fewer than the {} asked for: the text has no further pairs{}\n",
               number(training.vocabulary), training.least_count > 1 ? " that occur so often" : "");
}

}  // namespace tessera
