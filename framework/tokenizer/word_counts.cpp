#include "framework/tokenizer/word_counts.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <mutex>
#include <queue>
#include <thread>

#include "framework/core/error.h"
#include "framework/core/thread.h"
#include "framework/tokenizer/word_run_folder.h"

namespace tessera {
namespace {

constexpr size_t kLeastShare = size_t{256} << 10;  // a smaller table would make too many runs

constexpr uint64_t kNoPart = std::numeric_limits<uint64_t>::max();

class Counting {
 public:
  Counting(const TextSource& next, const TextCutter& cut, const WordCountOptions& options)
      : next_(next),
        cut_(cut),
        share_(std::max(options.memory / static_cast<size_t>(options.threads), kLeastShare)),
        tables_(static_cast<size_t>(options.threads)),
        runs_(options.temporary) {}

  WordCounts run() {
    std::vector<std::thread> threads;
    try {
      for (size_t i = 1; i < tables_.size(); ++i)
        threads.push_back(start_thread([this, i] { work(tables_[i]); }));
    } catch (...) {
      stop(std::current_exception(), kNoPart);
    }
    work(tables_[0]);
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
    return runs_.runs() == 0 ? merge_tables() : merge_runs();
  }

 private:
  void work(WordTable& table) {
    uint64_t number = kNoPart;
    try {
      TextPart part;
      Pieces words;
      const auto count = [&](std::string_view text) {
        words.clear();
        cut_(text, part.by_lines, words);
        for (const std::string_view word : words.list) {
          if (table.bytes_to_add(word.size()) > share_ && table.size() > 0) runs_.spill(table);
          table.add(word);
        }
      };
      while (take(part, number)) part.texts ? part.texts(count) : count(part.text);
    } catch (...) {
      stop(std::current_exception(), number);
    }
  }

  /// Takes turns with the other threads; `number` becomes that of the part, or of the one that could
  /// not be taken.
  bool take(TextPart& part, uint64_t& number) {
    const std::lock_guard lock(mutex_);
    part = {};
    if (error_) return false;
    number = taken_++;
    return next_(part);
  }

  /// Parts are taken in order, so that each part before the one that fails is in work or done.
  void stop(std::exception_ptr error, uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (error_ && number >= failed_) return;
    error_ = std::move(error);
    failed_ = number;
  }

  WordCounts merge_runs() {
    for (WordTable& table : tables_)
      if (table.size() > 0) runs_.spill(table);
    WordCounts all;
    runs_.merge([&](const WordCount& word) { all.append(word); });
    return all;
  }

  WordCounts merge_tables() {
    for (size_t i = 1; i < tables_.size(); ++i) {
      for (const WordCount& word : tables_[i].sorted()) tables_[0].add(word.word, word.count);
      tables_[i].clear();
    }
    WordCounts all;
    for (const WordCount& word : tables_[0].sorted()) all.append(word);
    return all;
  }

  const TextSource& next_;
  const TextCutter& cut_;
  size_t share_;
  std::vector<WordTable> tables_;
  WordRunFolder runs_;
  std::mutex mutex_;  // of next_ and all below
  uint64_t taken_ = 0;
  std::exception_ptr error_;
  uint64_t failed_ = kNoPart;  // the part
};

}  // namespace

WordCount WordCounts::operator[](size_t i) const {
  const size_t begin = i == 0 ? 0 : ends_[i - 1];
  return {std::string_view(text_).substr(begin, ends_[i] - begin), counts_[i]};
}

void WordCounts::append(const WordCount& word) {
  if (!empty()) {
    const std::string_view last = (*this)[size() - 1].word;
    if (last == word.word) {
      counts_.back() += word.count;
      return;
    }
    check(last < word.word, "WordCounts: words come in the order of their bytes");
  }
  text_ += word.word;
  ends_.push_back(text_.size());
  counts_.push_back(word.count);
}

WordCounts count_words(const TextSource& next, const TextCutter& cut,
                       const WordCountOptions& options) {
  check(options.threads >= 1, "count_words: {} threads", options.threads);
  return Counting(next, cut, options).run();
}

}  // namespace tessera
