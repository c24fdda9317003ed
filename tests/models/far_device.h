// A device whose addresses nobody can read: they lie in a range that is reserved and closed, the
// bytes lie elsewhere, and only the device knows where. Its streams put everything off for as long
// as they may: until somebody waits. What touches a buffer's bytes past the device, or reads a
// result before its time, dies or gets other numbers.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "framework/device/cpu/memory.h"
#include "framework/device/device.h"

namespace tessera::testing {

class FarDevice final : public Device {
 public:
  /// Computes as the cpu backend does on a machine with this profile.
  explicit FarDevice(const DeviceProfile& like);
  ~FarDevice() override;

  double copy_gbytes_per_second(double) const override { return 1; }

  /// Where the bytes of an address are.
  void* near(const void* far) const;
  /// How many things were put on streams, and how many of them are done.
  int64_t put_off() const { return put_off_; }
  int64_t done() const { return done_; }

 private:
  struct Queue;
  friend Kernel far_kernel(const KernelSpec& spec);

  std::byte* allocate(size_t bytes) override;
  void release(std::byte* data, size_t bytes) noexcept override;
  void* open_stream() override;
  void close_stream(void* stream) noexcept override;
  void upload(void* stream, void* to, const void* from_host, size_t bytes) override;
  void download(void* stream, void* to_host, const void* from, size_t bytes) override;
  void copy(void* stream, void* to, const void* from, size_t bytes) override;
  void synchronize(void* stream) override;

  mutable std::mutex mutex_;
  std::byte* range_;
  std::byte* next_;
  std::map<const std::byte*, HostBuffer> buffers_;  // by the address given out
  std::atomic<int64_t> put_off_ = 0, done_ = 0;
};

}  // namespace tessera::testing
