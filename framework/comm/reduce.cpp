#include "framework/comm/reduce.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "framework/core/error.h"

namespace tessera {
namespace {

/// The type in which elements of type T are summed.
template <typename T>
using Sum = std::conditional_t<std::is_same_v<T, bfloat16>, float, T>;

struct Add {
  template <typename T>
  static T of(T a, T b) {
    if constexpr (std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>) {
      using U = std::make_unsigned_t<T>;
      return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));  // wraps
    } else {
      return static_cast<T>(a + b);
    }
  }
};
struct Max {
  template <typename T>
  static T of(T a, T b) {
    return b > a || b != b ? b : a;
  }
};

/// The elements summed at a time, few enough to stay in the first-level cache.
constexpr int64_t kBlock = 1024;

template <typename Operation, typename From, typename To>
void reduce_as(std::span<const void* const> sources, To* destination, int64_t count) {
  const auto source = [&](size_t r) { return static_cast<const From*>(sources[r]); };
  using T = Sum<From>;
  if (sources.size() == 2) {
    const From *a = source(0), *b = source(1);
    for (int64_t i = 0; i < count; ++i)
      destination[i] = static_cast<To>(Operation::of(static_cast<T>(a[i]), static_cast<T>(b[i])));
    return;
  }
  T sums[kBlock];
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t n = std::min(kBlock, count - begin);
    const From* first = source(0) + begin;
    for (int64_t i = 0; i < n; ++i) sums[i] = static_cast<T>(first[i]);
    for (size_t r = 1; r < sources.size(); ++r) {
      const From* next = source(r) + begin;
      for (int64_t i = 0; i < n; ++i) sums[i] = Operation::of(sums[i], static_cast<T>(next[i]));
    }
    for (int64_t i = 0; i < n; ++i) destination[begin + i] = static_cast<To>(sums[i]);
  }
}

template <typename From, typename To>
void reduce_by(Reduction reduction, std::span<const void* const> sources, void* destination,
               int64_t count) {
  if (reduction == Reduction::sum) {
    reduce_as<Add, From>(sources, static_cast<To*>(destination), count);
  } else {
    reduce_as<Max, From>(sources, static_cast<To*>(destination), count);
  }
}

}  // namespace

void reduce(Reduction reduction, DType from, DType to, std::span<const void* const> sources,
            void* destination, int64_t count) {
  check(!sources.empty(), "reduce: no sources");
  if (from == DType::bf16 && to == DType::f32)
    return reduce_by<bfloat16, float>(reduction, sources, destination, count);
  check(from == to, "reduce: {} to {}", from, to);
  dispatch(from, "reduce", [&](auto tag) {
    using T = typename decltype(tag)::type;
    reduce_by<T, T>(reduction, sources, destination, count);
  });
}

void convert(DType from, DType to, const void* source, void* destination, int64_t count) {
  if (from == to) {
    if (source != destination && count > 0)
      std::memcpy(destination, source, static_cast<size_t>(count) * size_of(from));
  } else if (from == DType::f32 && to == DType::bf16) {
    const auto* in = static_cast<const float*>(source);
    auto* out = static_cast<bfloat16*>(destination);
    for (int64_t i = 0; i < count; ++i) out[i] = bfloat16(in[i]);
  } else {
    check(from == DType::bf16 && to == DType::f32, "convert: {} to {}", from, to);
    const auto* in = static_cast<const bfloat16*>(source);
    auto* out = static_cast<float*>(destination);
    for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(in[i]);
  }
}

}  // namespace tessera
