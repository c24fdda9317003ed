// Stand-ins of the functions of the CUDA runtime that the plug-in calls: the part about streams,
// events and memory.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "tests/cuda/doubles/card.h"
#include "tests/cuda/doubles/last_error.h"
#include "tests/cuda/doubles/streams.h"

using namespace tessera::doubles;

namespace {

cudaError_t refused(const std::string& what) {
  complain(what);
  return remember(cudaErrorInvalidValue);
}

/// What is wrong with a copy; empty: nothing. Work that is put off must find its bytes where they
/// were, so both ends are asked again when it runs.
std::string wrong_with_copy(const void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            bool later) {
  const bool to_card = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice,
             from_card = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (!to_card && !from_card) return "a copy within the host";
  const auto end = [&](const void* at, bool card, const char* which) -> std::string {
    if (card) return is_on_card(at, bytes) ? "" : std::string(which) + " is not on the card";
    if (is_on_card(at, 1)) return std::string(which) + " is on the card";
    return later && !is_pinned(at, bytes) ? std::string(which) + " is not pinned" : "";
  };
  std::string wrong = end(to, to_card, "what a copy writes");
  if (wrong.empty()) wrong = end(from, from_card, "what a copy reads");
  const auto *a = static_cast<const std::byte*>(to), *b = static_cast<const std::byte*>(from);
  if (wrong.empty() && a < b + bytes && b < a + bytes) wrong = "a copy overlaps itself";
  return wrong;
}

}  // namespace

extern "C" {

cudaError_t cudaMalloc(void** data, size_t bytes) {
  *data = take_card_memory(bytes);
  return remember(*data != nullptr ? cudaSuccess : cudaErrorMemoryAllocation);
}

cudaError_t cudaFree(void* data) {
  if (data == nullptr) return cudaSuccess;
  finish_all();
  return give_card_memory(data) ? remember(card_error()) : refused("free of no memory of the card");
}

cudaError_t cudaHostAlloc(void** data, size_t bytes, unsigned) {
  *data = take_pinned_memory(bytes);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* data) {
  if (data == nullptr) return cudaSuccess;
  finish_all();
  return give_pinned_memory(data) ? cudaSuccess : refused("free of no pinned memory");
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *total = settings().memory;
  *free = *total - std::min(*total, card_bytes());
  return remember(card_error());
}

cudaError_t cudaMemset(void* data, int value, size_t bytes) {
  if (!is_on_card(data, bytes)) return refused("memset of no memory of the card");
  put(find_stream(nullptr), [=] { std::memset(data, value, bytes); });
  return remember(card_error());
}

cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream) {
  stream = find_stream(stream);
  if (stream == nullptr) return refused("memset on no stream");
  if (!is_on_card(data, bytes)) return refused("memset of no memory of the card");
  put(stream, [=] { std::memset(data, value, bytes); });
  return remember(card_error());
}

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind) {
  const std::string wrong = wrong_with_copy(to, from, bytes, kind, false);
  if (!wrong.empty()) return refused(wrong);
  const cudaStream_t stream = find_stream(nullptr);
  put(stream, [=] { std::memcpy(to, from, bytes); });
  stream->run_until(stream->end());
  return remember(card_error());
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  stream = find_stream(stream);
  if (stream == nullptr) return refused("a copy on no stream");
  const std::string wrong = wrong_with_copy(to, from, bytes, kind, true);
  if (!wrong.empty()) return refused(wrong);
  put(stream, [=] {
    const std::string now_wrong = wrong_with_copy(to, from, bytes, kind, true);
    if (!now_wrong.empty()) throw std::runtime_error("by the time of a copy " + now_wrong);
    std::memcpy(to, from, bytes);
  });
  return remember(card_error());
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  if (flags != cudaStreamNonBlocking) return refused("a stream that waits for the default stream");
  *stream = open_stream();
  return remember(card_error());
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (stream == nullptr || find_stream(stream) == nullptr) return refused("closing no stream");
  close_stream(stream);
  return remember(card_error());
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  stream = find_stream(stream);
  if (stream == nullptr) return refused("waiting for no stream");
  stream->run_until(stream->end());
  return remember(card_error());
}

cudaError_t cudaDeviceSynchronize() {
  finish_all();
  return remember(card_error());
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new CUevent_st;
  return remember(card_error());
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  stream = find_stream(stream);
  if (stream == nullptr) return refused("an event on no stream");
  *event = {stream, stream->end()};
  return remember(card_error());
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->stream != nullptr && find_stream(event->stream) != nullptr)
    event->stream->run_until(event->piece);
  return remember(card_error());
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  stream = find_stream(stream);
  if (stream == nullptr) return refused("an event for no stream");
  const CUevent_st at = *event;  // as recorded by now; what is recorded later does not count
  if (at.stream != nullptr && at.stream != stream)
    put(stream, [at] {
      if (find_stream(at.stream) != nullptr) at.stream->run_until(at.piece);
    });
  return remember(card_error());
}

}  // extern "C"
