// The host as a device: its memory is the host's, its streams do everything at once, and its kernels are those of the
// library that it is given (the CPU's own, or the reference loops).
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

/// What a run asks of the processor; what is not set is as it is here.
struct CpuSettings {
  std::optional<Isa> isa = {};
  std::optional<int64_t> threads = {};
  std::string threads_from = "device.threads";  // who asks for them
  std::optional<size_t> memory_bytes = {};      // at most
};

/// This machine under the settings, applied to the process: threads, instruction set (one per process), denormals
/// flushed. UserError for more than 8 threads for each usable core, for an instruction set that the machine does not have,
/// or for another than the process is held to already.
std::shared_ptr<Device> make_cpu_device(const CpuSettings& settings, const KernelLibrary& kernels);

}  // namespace tessera
