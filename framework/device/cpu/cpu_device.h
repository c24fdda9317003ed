// The host as a device: its memory is the host's, its streams do everything at once, and it is
// given its kernels (the CPU's own, or the reference loops) as a library.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "framework/device/device.h"

namespace tessera {

class CpuDevice final : public Device {
 public:
  using Device::Device;

  bool memory_is_host() const override { return true; }
  std::vector<Fact> facts() const override;
  std::vector<std::string> misses() const override;
  size_t peak_bytes() const override;
  double copy_gbytes_per_second(double seconds) const override;

 private:
  std::byte* allocate(size_t bytes) override;
  void release(std::byte* data, size_t bytes) noexcept override;
  void* open_stream() override { return nullptr; }
  void close_stream(void*) noexcept override {}
  void upload(void* stream, void* to, const void* from_host, size_t bytes) override;
  void download(void* stream, void* to_host, const void* from, size_t bytes) override;
  void copy(void* stream, void* to, const void* from, size_t bytes) override;
  void synchronize(void*) override {}
};

/// What a run asks of the processor; a setting without a value is taken from this machine.
struct CpuSettings {
  std::optional<Isa> isa = {};
  std::optional<int64_t> threads = {};
  std::string threads_from = "device.threads";  // the setting that gave `threads`, for messages
  std::optional<size_t> memory_bytes = {};      // upper limit
};

/// Sets the threads that compute on the host, and has denormals flushed. Returns the number of
/// threads. Throws UserError for more than 8 threads for each usable core.
int set_up_host(const CpuSettings& settings);

/// This machine under `settings`, which are applied to the process: threads, one instruction set
/// per process, denormals flushed. Throws UserError for more than 8 threads for each usable core,
/// for an instruction set that the machine does not have, and for an instruction set other than the
/// one that the process is already held to.
std::shared_ptr<Device> make_cpu_device(const CpuSettings& settings, const KernelLibrary& kernels);

}  // namespace tessera
