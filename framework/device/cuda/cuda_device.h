// One NVIDIA card as a device. Its memory comes by plain allocation, once for each Buffer; its
// streams are CUDA's own and independent of the default stream; bytes go in and out through pinned
// memory (staging.h).
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "framework/device/device.h"
#include "framework/device/plugin.h"

namespace tessera::cuda {

class Staging;

class CudaDevice final : public Device {
 public:
  CudaDevice(DeviceProfile profile, const KernelLibrary& kernels, int card);
  ~CudaDevice() override;

  std::vector<Fact> facts() const override;
  double copy_gbytes_per_second(double seconds) const override;

 private:
  std::byte* allocate(size_t bytes) override;
  void release(std::byte* data, size_t bytes) noexcept override;
  /// A stream's handle is its cudaStream_t.
  void* open_stream() override;
  void close_stream(void* stream) noexcept override;
  void upload(void* stream, void* to, const void* from_host, size_t bytes) override;
  void download(void* stream, void* to_host, const void* from, size_t bytes) override;
  void copy(void* stream, void* to, const void* from, size_t bytes) override;
  void synchronize(void* stream) override;

  /// Has the calling thread work with this card: CUDA keeps that for each thread.
  void use_card() const;
  Staging& staging(void* stream);

  const int card_;
  std::mutex mutex_;
  std::map<void*, std::unique_ptr<Staging>> staging_;  // made when a stream first needs it
};

/// The card that `settings` asks for, ready to use. Throws UserError when there is no such card,
/// when it is too old for the kernels, and when driver or system refuse.
std::shared_ptr<Device> make_cuda_device(const PluginSettings& settings,
                                         const KernelLibrary& kernels);

}  // namespace tessera::cuda
