// Streams as late as CUDA allows: work lies in a queue until somebody waits for it, and then only
// what had to be done by then is done.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <deque>
#include <functional>

/// A stream; CUDA's headers leave the type open.
struct CUstream_st {
  std::deque<std::function<void()>> work;
  int64_t done = 0;  // pieces of work ever done; `work` holds those behind

  /// One more than the number of the last piece of work.
  int64_t end() const { return done + static_cast<int64_t>(work.size()); }
  void run_until(int64_t piece);
};

struct CUevent_st {
  cudaStream_t stream = nullptr;  // null: never recorded
  int64_t piece = 0;              // the event comes behind all pieces before this one
};

namespace tessera::doubles {

/// The stream of this handle; that of null is the default stream. Null when there is no such
/// stream.
cudaStream_t find_stream(cudaStream_t stream);
cudaStream_t open_stream();
void close_stream(cudaStream_t stream);

/// Puts work on a stream. An exception of the work is an error of the card: every later call
/// reports it.
void put(cudaStream_t stream, std::function<void()> work);

/// Does what is left of all streams.
void finish_all();

/// The error that a piece of work ended with, or success.
cudaError_t card_error();

/// How many pieces of work were put on streams, ever, and how many of them are done.
struct Progress {
  int64_t put = 0, done = 0;
};
Progress progress();

}  // namespace tessera::doubles
