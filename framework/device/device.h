// Device: memory for tensors, and the order in which work is done on it. Addresses are the device's
// own and mean nothing to the host: bytes go in and out through a stream by upload, download and
// copy, also where device and host share their memory.
//
// A Stream is an order. Work that is put on a stream (kernels, transfers, collectives) is done in
// turn, at the latest when somebody waits by synchronize or download. A device is as thread-safe as
// its memory: several threads may allocate, and use streams of their own.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "framework/core/device_profile.h"
#include "framework/device/kernel_library.h"

namespace tessera {

class Device;

/// Memory of a device: zeroed, aligned for kernels, and given back when the Buffer is destroyed.
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
  /// Waits for the work on the stream.
  ~Stream();

  Device& device() const { return device_; }
  /// The stream's handle in the device's own library; kernels cast it.
  void* handle() const { return handle_; }

  /// Copies bytes of the host to the device. The host's bytes may change as soon as the call
  /// returns.
  void upload(void* to, const void* from_host, size_t bytes) const;
  /// Copies bytes of the device to the host, and returns when they are there.
  void download(void* to_host, const void* from, size_t bytes) const;
  void copy(void* to, const void* from, size_t bytes) const;
  /// Returns when all work on the stream is done.
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

  /// What a run may use of the device.
  const DeviceProfile& profile() const { return profile_; }
  const KernelLibrary& kernels() const { return kernels_; }

  /// Whether the host may read and write the device's memory by the device's addresses, once a
  /// stream has been waited for. Only code that can save copies asks this.
  virtual bool memory_is_host() const { return false; }

  /// Lines for people: what the device is (facts), and what it lacks and how to mend that (misses).
  virtual std::vector<Fact> facts() const { return {}; }
  virtual std::vector<std::string> misses() const { return {}; }
  /// The most of the device's memory that this process has used so far, libraries included; 0:
  /// unknown.
  virtual size_t peak_bytes() const { return 0; }
  /// GB/s of a copy inside the device's memory, counting bytes read and bytes written, measured for
  /// about `seconds`.
  virtual double copy_gbytes_per_second(double seconds = 0.2) const = 0;

  // Answers of the device's KernelLibrary.
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
