// Encodes batches of documents on several threads and gives them back in the order in which they
// came, so that the result does not depend on the number of threads. A further thread runs the feed
// that makes the batches; it waits while much is under way, which bounds the memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "framework/data/document_batch.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

class EncodingPool {
 public:
  using Submit = std::function<void(DocumentBatch)>;
  /// Hands batches to `submit`, and returns early when `stop` becomes true.
  using Feed = std::function<void(const Submit& submit, const std::atomic<bool>& stop)>;

  /// Starts `threads` threads, and one for `feed`; throws UserError when the system refuses them.
  EncodingPool(const Tokenizer& tokenizer, int threads, Feed feed);
  ~EncodingPool();
  EncodingPool(const EncodingPool&) = delete;
  EncodingPool& operator=(const EncodingPool&) = delete;

  /// The next batch, encoded; nullopt after the last one. Throws what the feed threw once the
  /// batches before were taken.
  std::optional<DocumentBatch> take();

 private:
  struct Slot {
    DocumentBatch batch;
    bool done = false;
    std::exception_ptr error;
  };

  void submit(DocumentBatch batch);
  void run_feed(const Feed& feed);
  void work();
  void stop();

  const Tokenizer& tokenizer_;
  size_t most_batches_;
  std::mutex mutex_;
  std::condition_variable room_, work_, done_;  // what the feed, the threads and take() wait for
  std::deque<Slot> slots_;                      // a deque keeps its other elements in place
  size_t next_ = 0;                             // the first slot that no thread has taken
  size_t bytes_ = 0;                            // of the batches in slots_
  bool fed_ = false;
  std::exception_ptr feed_error_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tessera
