#include "framework/data/encoding_pool.h"

#include <utility>

#include "framework/core/error.h"
#include "framework/core/thread.h"

namespace tessera {
namespace {

constexpr size_t kMostBytes = size_t{256} << 20;

/// Ends the feed of a pool that is being stopped.
struct Stopped {};

/// Encodes on one thread.
class BatchEncoder {
 public:
  explicit BatchEncoder(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void encode(DocumentBatch& batch) {
    for (BatchItem& item : batch.items) {
      if (!item.end) encode(item, batch.ids);
      item.ids_end = batch.ids.size();
    }
  }

 private:
  void encode(BatchItem& item, std::vector<int32_t>& ids) {
    DocumentPart& part = item.part;
    if (part.broken.empty() && item.record_text != nullptr) {
      try {
        item.record_text->extract(part.text, part.place.line);
      } catch (const UserError& error) {
        part.broken = error.what();
      }
    }
    if (part.broken.empty()) {
      item.text_bytes = part.text.size();
      tokenizer_.encode(part.text, {.begins = part.begins}, words_, ids);
    }
    std::string().swap(part.text);
  }

  const Tokenizer& tokenizer_;
  WordCache words_;
};

}  // namespace

EncodingPool::EncodingPool(const Tokenizer& tokenizer, int threads, Feed feed)
    : tokenizer_(tokenizer), most_batches_(static_cast<size_t>(2 * threads + 2)) {
  try {
    for (int i = 0; i < threads; ++i) threads_.push_back(start_thread([this] { work(); }));
    threads_.push_back(start_thread([this, feed = std::move(feed)] { run_feed(feed); }));
  } catch (...) {
    stop();
    throw;
  }
}

EncodingPool::~EncodingPool() { stop(); }

void EncodingPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void EncodingPool::run_feed(const Feed& feed) {
  std::exception_ptr error;
  try {
    feed([this](DocumentBatch batch) { submit(std::move(batch)); }, stop_);
  } catch (const Stopped&) {
  } catch (...) {
    error = std::current_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    fed_ = true;
    feed_error_ = error;
  }
  work_.notify_all();
  done_.notify_all();
}

void EncodingPool::submit(DocumentBatch batch) {
  {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
      return stop_ || slots_.empty() ||
             (slots_.size() < most_batches_ && bytes_ + batch.bytes <= kMostBytes);
    });
    if (stop_) throw Stopped();
    bytes_ += batch.bytes;
    slots_.emplace_back().batch = std::move(batch);
  }
  work_.notify_one();
}

void EncodingPool::work() {
  BatchEncoder encoder(tokenizer_);
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] { return stop_ || fed_ || next_ < slots_.size(); });
    if (stop_ || next_ == slots_.size()) return;
    Slot& slot = slots_[next_++];
    lock.unlock();
    try {
      encoder.encode(slot.batch);
    } catch (...) {
      slot.error = std::current_exception();
    }
    lock.lock();
    slot.done = true;
    if (slots_.front().done) done_.notify_one();
  }
}

std::optional<DocumentBatch> EncodingPool::take() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return slots_.empty() ? fed_ : slots_.front().done; });
  if (slots_.empty()) {
    if (feed_error_ != nullptr) std::rethrow_exception(feed_error_);
    return std::nullopt;
  }
  Slot slot = std::move(slots_.front());
  slots_.pop_front();
  --next_;
  bytes_ -= slot.batch.bytes;
  lock.unlock();
  room_.notify_one();
  if (slot.error != nullptr) std::rethrow_exception(slot.error);
  return std::move(slot.batch);
}

}  // namespace tessera
