#include "framework/device/device.h"

#include "framework/core/error.h"

namespace tessera {

Buffer::Buffer(Device& device, size_t bytes)
    : device_(&device), data_(bytes > 0 ? device.allocate(bytes) : nullptr), size_(bytes) {}

Buffer::~Buffer() {
  if (data_ != nullptr) device_->release(data_, size_);
}

Stream::Stream(Device& device) : device_(device), handle_(device.open_stream()) {}
Stream::~Stream() { device_.close_stream(handle_); }

void Stream::upload(void* to, const void* from_host, size_t bytes) const {
  if (bytes > 0) device_.upload(handle_, to, from_host, bytes);
}

void Stream::download(void* to_host, const void* from, size_t bytes) const {
  if (bytes > 0) device_.download(handle_, to_host, from, bytes);
}

void Stream::copy(void* to, const void* from, size_t bytes) const {
  if (bytes > 0) device_.copy(handle_, to, from, bytes);
}

void Stream::synchronize() const { device_.synchronize(handle_); }

std::vector<Fact> Device::versions() const {
  return kernels_.versions ? kernels_.versions() : std::vector<Fact>{};
}

DType Device::product_type(DType operands) const {
  return kernels_.product_type ? kernels_.product_type(operands, profile_) : operands;
}

double Device::matmul_gflops(DType operands, double seconds) const {
  require(kernels_.matmul_gflops != nullptr, "the rate of products is not known for backend '{}'",
          kernels_.backend);
  return kernels_.matmul_gflops(operands, seconds);
}

}  // namespace tessera
