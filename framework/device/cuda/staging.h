// Staging: pinned memory of the host between ordinary memory and a card, one for each stream. Only
// from pinned memory does the card copy by itself while the host goes on.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <deque>
#include <vector>

namespace tessera::cuda {

class Staging {
 public:
  /// Pinned bytes of each stream. They are no part of device.memory.
  static constexpr size_t kBytes = size_t{16} << 20;

  explicit Staging(cudaStream_t stream);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /// Puts a copy to the card on the stream. The host's bytes have been taken when the call returns;
  /// it waits only while the pinned memory is full of what the stream has not copied yet.
  void upload(void* to, const void* from_host, size_t bytes);
  /// Copies to the host what the stream has made by then, and returns when all of it is there.
  void download(void* to_host, const void* from, size_t bytes);

 private:
  /// A piece of the ring that the stream still reads or writes; `done` comes behind that.
  struct Piece {
    size_t begin, bytes;
    cudaEvent_t done;
  };

  /// Takes `bytes` (at most a quarter of the ring) that no copy uses any more.
  size_t take(size_t bytes);
  /// Waits for the oldest piece, and gives back its place.
  void retire();
  void mark(size_t begin, size_t bytes);

  cudaStream_t stream_;
  std::byte* ring_ = nullptr;
  size_t next_ = 0;           // where the next piece begins, if there is room
  std::deque<Piece> pieces_;  // the oldest first
  std::vector<cudaEvent_t> idle_;
};

}  // namespace tessera::cuda
