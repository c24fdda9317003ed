#include "framework/tokenizer/word_counts.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <queue>
#include <thread>

#include "framework/core/error.h"
#include "framework/core/thread.h"
#include "framework/tokenizer/word_run_folder.h"

namespace tessera {
namespace {

constexpr size_t kLeastShare = size_t{256} << 10;  // a smaller table would make too many runs

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
      stop(std::current_exception());
    }
    work(tables_[0]);
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
    return runs_.runs() == 0 ? merge_tables() : merge_runs();
  }

 private:
  void work(WordTable& table) {
    try {
      TextPart part;
      Pieces words;
      while (take(part)) {
        words.clear();
        cut_(part, words);
        for (const std::string_view word : words.list) {
          if (table.bytes_to_add(word.size()) > share_ && table.size() > 0) runs_.spill(table);
          table.add(word);
        }
      }
    } catch (...) {
      stop(std::current_exception());
    }
  }

  bool take(TextPart& part) {
    const std::lock_guard lock(mutex_);
    part.text.clear();
    return !error_ && next_(part);
  }

  void stop(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
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
  std::mutex mutex_;  // of next_ and error_
  std::exception_ptr error_;
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
