// Tensor: a type and its bytes, owned and on the host. Tensors go into a run and come out of it;
// values inside a run live in the plan's arena and have no object of their own.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "framework/core/tensor_type.h"
#include "framework/device/kernel.h"

namespace tessera {

class Tensor {
 public:
  /// An empty tensor: neither it nor a copy of it has bytes.
  Tensor() = default;
  /// Zeros of this type.
  explicit Tensor(TensorType type)
      : type_(std::move(type)),
        bytes_(static_cast<std::byte*>(::operator new (size(), std::align_val_t{kAlignment}))) {
    std::memset(bytes_.get(), 0, size());
  }
  Tensor(const Tensor& other) {
    if (!other.bytes_) return;
    *this = Tensor(other.type_);
    std::memcpy(bytes_.get(), other.bytes_.get(), size());
  }
  Tensor(Tensor&&) = default;
  Tensor& operator=(Tensor other) {
    std::swap(type_, other.type_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  /// A tensor of `shape` from values converted to `dtype`.
  template <typename T>
  static Tensor of(DType dtype, Shape shape, std::span<const T> values) {
    Tensor out(TensorType{dtype, std::move(shape)});
    check(static_cast<int64_t>(values.size()) == out.type_.numel(), "{} values for {}",
          values.size(), to_string(out.type_));
    dispatch(dtype, "Tensor::of", [&]<typename U>(Tag<U>) {
      for (size_t i = 0; i < values.size(); ++i) {
        if constexpr (std::is_same_v<U, bfloat16>)
          out.data<U>()[i] = bfloat16(static_cast<float>(values[i]));
        else
          out.data<U>()[i] = static_cast<U>(values[i]);
      }
    });
    return out;
  }
  static Tensor scalar(DType dtype, double value) {
    return of<double>(dtype, {}, std::span(&value, 1));
  }

  const TensorType& type() const { return type_; }
  size_t size() const { return std::max<size_t>(type_.bytes(), 1); }
  void* bytes() { return bytes_.get(); }
  const void* bytes() const { return bytes_.get(); }
  template <typename T>
  T* data() {
    check(sizeof(T) == size_of(type_.dtype), "tensor {} read as another type", to_string(type_));
    return reinterpret_cast<T*>(bytes_.get());
  }
  template <typename T>
  const T* data() const {
    return const_cast<Tensor*>(this)->data<T>();
  }
  /// All elements as double, for comparisons and prints.
  std::vector<double> values() const {
    std::vector<double> out;
    dispatch(type_.dtype, "Tensor::values", [&]<typename U>(Tag<U>) {
      for (int64_t i = 0; i < type_.numel(); ++i) out.push_back(static_cast<double>(data<U>()[i]));
    });
    return out;
  }
  double item() const { return values().at(0); }

 private:
  struct Free {
    void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{kAlignment}); }
  };
  TensorType type_;
  std::unique_ptr<std::byte, Free> bytes_;
};

}  // namespace tessera
