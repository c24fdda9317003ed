#include "framework/device/cuda/cuda_device.h"

#include <cuda_runtime_api.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/fastest_run.h"
#include "framework/device/cuda/driver.h"
#include "framework/device/cuda/errors.h"
#include "framework/device/cuda/staging.h"

namespace tessera::cuda {
namespace {

/// The kernels use instructions that came with this compute capability.
constexpr int kLeastCapability = 80;

cudaStream_t stream_of(void* handle) { return static_cast<cudaStream_t>(handle); }

double mib(size_t bytes) { return static_cast<double>(bytes) / 0x1p20; }

}  // namespace

CudaDevice::CudaDevice(DeviceProfile profile, const KernelLibrary& kernels, int card)
    : Device(std::move(profile), kernels), card_(card) {}

CudaDevice::~CudaDevice() = default;

void CudaDevice::use_card() const { check_cuda(cudaSetDevice(card_), "taking the card"); }

std::vector<Fact> CudaDevice::facts() const {
  const Card card = look_at_card(card_);
  return {
      {"card", card.model},
      {"capability", fmt::format("{}, {} multiprocessors", capability_text(card.compute_capability),
                                 card.multiprocessors)},
      {"memory", fmt::format("{:.1f} GiB usable, {:.0f} GB/s by the maker",
                             mib(profile().memory_bytes) / 1024, card.bytes_per_second * 1e-9)}};
}

double CudaDevice::copy_gbytes_per_second(double seconds) const {
  use_card();
  size_t free = 0, total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "asking for the card's free memory");
  const size_t bytes = std::min(size_t{512} << 20, free / 4);
  auto& self = const_cast<CudaDevice&>(*this);  // measuring leaves the device as it is
  const Buffer from(self, bytes), to(self, bytes);
  const Stream stream(self);
  const double time = fastest_run(seconds, [&] {
    stream.copy(to.data(), from.data(), bytes);
    stream.synchronize();
  });
  return 2.0 * static_cast<double>(bytes) / time * 1e-9;
}

std::byte* CudaDevice::allocate(size_t bytes) {
  use_card();
  void* data = nullptr;
  const cudaError_t status = cudaMalloc(&data, bytes);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // the runtime would report it again at the next call
    size_t free = 0, total = 0;
    check_cuda(cudaMemGetInfo(&free, &total), "asking for the card's free memory");
    user_error("the card refused {:.1f} MiB of memory ({:.1f} of {:.1f} MiB are free): {}",
               mib(bytes), mib(free), mib(total), remedy_for(status));
  }
  check_cuda(status, "taking memory of the card");
  // Streams do not wait for the default stream, on which this is done.
  check_cuda(cudaMemset(data, 0, bytes), "clearing memory of the card");
  check_cuda(cudaDeviceSynchronize(), "clearing memory of the card");
  return static_cast<std::byte*>(data);
}

// A failed call below has an earlier cause, which its own call has reported: destructors go on.

void CudaDevice::release(std::byte* data, size_t) noexcept {
  cudaSetDevice(card_);
  cudaFree(data);
}

void* CudaDevice::open_stream() {
  use_card();
  cudaStream_t stream = nullptr;
  check_cuda(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "opening a stream");
  return stream;
}

void CudaDevice::close_stream(void* stream) noexcept {
  cudaSetDevice(card_);
  cudaStreamSynchronize(stream_of(stream));
  {
    const std::lock_guard lock(mutex_);
    staging_.erase(stream);
  }
  cudaStreamDestroy(stream_of(stream));
}

Staging& CudaDevice::staging(void* stream) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Staging>& made = staging_[stream];
  if (!made) made = std::make_unique<Staging>(stream_of(stream));
  return *made;
}

void CudaDevice::upload(void* stream, void* to, const void* from_host, size_t bytes) {
  use_card();
  staging(stream).upload(to, from_host, bytes);
}

void CudaDevice::download(void* stream, void* to_host, const void* from, size_t bytes) {
  use_card();
  staging(stream).download(to_host, from, bytes);
}

void CudaDevice::copy(void* stream, void* to, const void* from, size_t bytes) {
  use_card();
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_of(stream)),
             "copying within the card");
}

void CudaDevice::synchronize(void* stream) {
  use_card();
  check_cuda(cudaStreamSynchronize(stream_of(stream)), "waiting for the card");
}

std::shared_ptr<Device> make_cuda_device(const PluginSettings& settings,
                                         const KernelLibrary& kernels) {
  const int cards = require_cards();
  require(settings.card >= 0 && settings.card < cards,
          "device.type: cuda: this process needs card {}, and the driver shows it {}: start no "
          "more processes on this machine than it has cards",
          settings.card, cards);
  const Card card = look_at_card(settings.card);
  require(card.compute_capability >= kLeastCapability,
          "device.type: cuda: {} has compute capability {}, and Tessera's kernels need {} "
          "(Ampere) or later",
          card.model, capability_text(card.compute_capability), capability_text(kLeastCapability));
  DeviceProfile profile;
  profile.backend = kernels.backend;
  profile.model = card.model;
  profile.threads = settings.threads;
  profile.memory_bytes = std::min(card.free_bytes, settings.memory_bytes.value_or(card.free_bytes));
  return std::make_shared<CudaDevice>(std::move(profile), kernels, settings.card);
}

}  // namespace tessera::cuda
