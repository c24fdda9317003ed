#include "framework/device/cuda/staging.h"

#include <algorithm>
#include <cstring>

#include "framework/core/tensor_type.h"
#include "framework/device/cuda/errors.h"

namespace tessera::cuda {
namespace {

constexpr size_t kMostAtOnce = Staging::kBytes / 4;

/// Room that a piece takes, so that every piece starts aligned.
size_t rounded(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

Staging::Staging(cudaStream_t stream) : stream_(stream) {
  void* memory = nullptr;
  check_cuda(cudaHostAlloc(&memory, kBytes, cudaHostAllocDefault),
             "taking pinned memory of the host");
  ring_ = static_cast<std::byte*>(memory);
}

Staging::~Staging() {
  // Whoever destroys the staging has waited for its stream.
  for (const Piece& piece : pieces_) cudaEventDestroy(piece.done);
  for (cudaEvent_t event : idle_) cudaEventDestroy(event);
  cudaFreeHost(ring_);
}

void Staging::retire() {
  const Piece oldest = pieces_.front();
  check_cuda(cudaEventSynchronize(oldest.done), "waiting for a copy");
  pieces_.pop_front();
  idle_.push_back(oldest.done);
}

size_t Staging::take(size_t bytes) {
  const size_t room = rounded(bytes);
  if (next_ + room > kBytes) next_ = 0;
  const auto overlaps = [&](const Piece& piece) {
    return piece.begin < next_ + room && next_ < piece.begin + rounded(piece.bytes);
  };
  while (std::ranges::any_of(pieces_, overlaps)) retire();
  const size_t begin = next_;
  next_ += room;
  return begin;
}

void Staging::mark(size_t begin, size_t bytes) {
  cudaEvent_t event = nullptr;
  if (idle_.empty()) {
    check_cuda(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "making an event");
  } else {
    event = idle_.back();
    idle_.pop_back();
  }
  pieces_.push_back({begin, bytes, event});
  check_cuda(cudaEventRecord(event, stream_), "marking a copy");
}

void Staging::upload(void* to, const void* from_host, size_t bytes) {
  for (size_t at = 0; at < bytes; at += kMostAtOnce) {
    const size_t count = std::min(kMostAtOnce, bytes - at), begin = take(count);
    std::memcpy(ring_ + begin, static_cast<const std::byte*>(from_host) + at, count);
    check_cuda(cudaMemcpyAsync(static_cast<std::byte*>(to) + at, ring_ + begin, count,
                               cudaMemcpyHostToDevice, stream_),
               "copying to the card");
    mark(begin, count);
  }
}

void Staging::download(void* to_host, const void* from, size_t bytes) {
  struct Part {
    size_t at, begin, count;
    cudaEvent_t done;
  };
  std::deque<Part> coming;
  const auto receive = [&] {
    const Part part = coming.front();
    coming.pop_front();
    check_cuda(cudaEventSynchronize(part.done), "copying from the card");
    std::memcpy(static_cast<std::byte*>(to_host) + part.at, ring_ + part.begin, part.count);
  };
  for (size_t at = 0; at < bytes; at += kMostAtOnce) {
    // While the host empties one piece, the card fills the next; the ring holds both.
    if (coming.size() == 2) receive();
    const size_t count = std::min(kMostAtOnce, bytes - at), begin = take(count);
    check_cuda(cudaMemcpyAsync(ring_ + begin, static_cast<const std::byte*>(from) + at, count,
                               cudaMemcpyDeviceToHost, stream_),
               "copying from the card");
    mark(begin, count);
    coming.push_back({at, begin, count, pieces_.back().done});
  }
  while (!coming.empty()) receive();
}

}  // namespace tessera::cuda
