// Device: memory for tensors, and the order in which work is done on it. Addresses are the device's own and mean nothing to
// the host: bytes go in and out through a stream by upload, download and copy, also where device and host are one.
//
// A Stream is an order. What is put on it (kernels, transfers, collectives) is done in turn, some time, and at the latest
// when somebody waits: synchronize or download. The device's thread safety is that of its memory: several threads may
// allocate and use streams of their own.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "framework/core/device_profile.h"
#include "framework/device/kernel_library.h"

namespace tessera {

class Device;

/// Memory of a device: zeroed, aligned for kernels, given back when it goes.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Device& device, size_t bytes);
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer();

  /// An address of the device; null when the size is 0.
  std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  void swap(Buffer& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  Device* device_ = nullptr;
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

class Stream {
 public:
  explicit Stream(Device& device);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  /// Waits for what is on it.
  ~Stream();

  Device& device() const { return device_; }
  /// What the device's own library calls it; kernels cast it.
  void* handle() const { return handle_; }

  /// The host's bytes may change as soon as this returns.
  void upload(void* to, const void* from_host, size_t bytes) const;
  /// Returns when the bytes are there.
  void download(void* to_host, const void* from, size_t bytes) const;
  void copy(void* to, const void* from, size_t bytes) const;
  /// Returns when all that was put on the stream is done.
  void synchronize() const;

 private:
  Device& device_;
  void* handle_;
};

class Device {
 public:
  Device(DeviceProfile profile, const KernelLibrary& kernels)
      : profile_(std::move(profile)), kernels_(kernels) {}
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  /// What a run may use of it.
  const DeviceProfile& profile() const { return profile_; }
  const KernelLibrary& kernels() const { return kernels_; }

  /// Whether the host may read and write its memory by the device's addresses, once a stream has been waited for. Asked
  /// where copies would be saved, and nowhere else.
  virtual bool memory_is_host() const { return false; }

  /// What it is, and what it lacks and how to mend that: lines for people.
  virtual std::vector<Fact> facts() const { return {}; }
  virtual std::vector<std::string> misses() const { return {}; }
  /// The most memory that this process has used of it so far, libraries included; 0: unknown.
  virtual size_t peak_bytes() const { return 0; }
  /// GB/s of a copy inside its memory, bytes read and bytes written, measured for about so many seconds.
  virtual double copy_gbytes_per_second(double seconds = 0.2) const = 0;

  // Questions to its kernels; see KernelLibrary.
  std::vector<Fact> versions() const;
  DType product_type(DType operands) const;
  double matmul_gflops(DType operands, double seconds = 0.2) const;

 private:
  friend Buffer;
  friend Stream;
  virtual std::byte* allocate(size_t bytes) = 0;
  virtual void release(std::byte* data, size_t bytes) noexcept = 0;
  virtual void* open_stream() = 0;
  virtual void close_stream(void* stream) noexcept = 0;
  virtual void upload(void* stream, void* to, const void* from_host, size_t bytes) = 0;
  virtual void download(void* stream, void* to_host, const void* from, size_t bytes) = 0;
  virtual void copy(void* stream, void* to, const void* from, size_t bytes) = 0;
  virtual void synchronize(void* stream) = 0;

  const DeviceProfile profile_;
  const KernelLibrary& kernels_;
};

}  // namespace tessera
