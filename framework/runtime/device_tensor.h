// DeviceTensor is a tensor in a device's memory, as a session hands it out. HostValues are its
// values on the host: they lie in the tensor's own memory when the device's memory is the host's,
// and in a copy otherwise. Code that reads or writes need not know which.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "framework/core/error.h"
#include "framework/core/tensor_type.h"

namespace tessera {

struct DeviceTensor {
  const TensorType& type;
  std::byte* data;  // an address of the device; nobody but the device reads there
};

/// `bytes` as elements of T, which is the tensor's own element type or std::byte. Throws
/// InternalError when T has another size.
template <typename T>
std::span<T> elements(const TensorType& type, std::byte* bytes) {
  if constexpr (std::is_same_v<std::remove_const_t<T>, std::byte>) return {bytes, type.bytes()};
  if (sizeof(T) != size_of(type.dtype))
    internal_error("{} read as elements of {} bytes", to_string(type), sizeof(T));
  return {reinterpret_cast<T*>(bytes), static_cast<size_t>(type.numel())};
}

/// Values that came from a device: a contiguous range, good until the session runs a graph or is
/// written to.
template <typename T>
class HostValues {
 public:
  HostValues(std::span<const T> values, std::unique_ptr<std::byte[]> own)
      : values_(values), own_(std::move(own)) {}

  const T* data() const { return values_.data(); }
  size_t size() const { return values_.size(); }
  size_t size_bytes() const { return values_.size_bytes(); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  const T& operator[](size_t i) const { return values_[i]; }

 private:
  std::span<const T> values_;
  std::unique_ptr<std::byte[]> own_;
};

}  // namespace tessera
