#include "framework/kernels/reference/shared/loops.h"

namespace tessera::reference {

std::vector<double> load(const TensorType& type, const void* bytes) {
  std::vector<double> out(static_cast<size_t>(type.numel()));
  dispatch(type.dtype, "load", [&]<typename T>(Tag<T>) {
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<double>(static_cast<const T*>(bytes)[i]);
  });
  return out;
}

void store(const TensorType& type, std::span<const double> values, void* bytes) {
  check(static_cast<int64_t>(values.size()) == type.numel(), "{} values for {}", values.size(),
        to_string(type));
  dispatch(type.dtype, "store", [&]<typename T>(Tag<T>) {
    for (size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_same_v<T, bfloat16>)
        static_cast<T*>(bytes)[i] = bfloat16(static_cast<float>(values[i]));
      else
        static_cast<T*>(bytes)[i] = static_cast<T>(values[i]);
    }
  });
}

int64_t broadcast_index(int64_t i, const Shape& out, const Shape& shape) {
  int64_t index = 0, stride = 1;
  for (size_t d = 0; d < out.size(); ++d) {  // from the last dim on
    const int64_t size = out[out.size() - 1 - d], at = i % size;
    i /= size;
    if (d >= shape.size()) break;
    const int64_t own = shape[shape.size() - 1 - d];
    if (own != 1) index += at * stride;
    stride *= own;
  }
  return index;
}

}  // namespace tessera::reference
