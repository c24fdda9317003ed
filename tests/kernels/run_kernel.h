// Runs one kernel on given values: aligned buffers with guard bytes around results and scratch,
// operands rounded to their dtype, results as double.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "framework/core/dtype.h"
#include "framework/device/cpu/isa.h"
#include "framework/device/kernel.h"

namespace tessera::testing {

/// A tensor as doubles, each representable in `dtype`.
struct Values {
  TensorType type;
  std::vector<double> data;
};

inline double rounded(DType dtype, double x) {
  if (dtype == DType::bf16) return static_cast<double>(bfloat16(static_cast<float>(x)));
  return dtype == DType::f32 ? static_cast<double>(static_cast<float>(x)) : x;
}

inline Values random_values(DType dtype, Shape shape, uint64_t seed, double scale = 1) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal(0, scale);
  Values out{{dtype, std::move(shape)}, {}};
  for (int64_t i = 0; i < out.type.numel(); ++i) out.data.push_back(rounded(dtype, normal(engine)));
  return out;
}

inline Values integers(Shape shape, std::vector<double> data) {
  return {{DType::i32, std::move(shape)}, std::move(data)};
}

/// `bytes` of aligned memory between two guards, filled with a pattern that reads as NaN.
class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t bytes) : bytes_(bytes), memory_(bytes + 3 * kGuard, kPattern) {
    auto address = reinterpret_cast<uintptr_t>(memory_.data());
    start_ = memory_.data() + (kGuard - address % kGuard) % kGuard + kGuard;
  }
  void* data() { return start_; }
  bool intact() const {
    const auto clean = [](unsigned char c) { return c == kPattern; };
    return std::all_of(memory_.data(), const_cast<const unsigned char*>(start_), clean) &&
           std::all_of(const_cast<const unsigned char*>(start_) + bytes_,
                       memory_.data() + memory_.size(), clean);
  }

 private:
  static constexpr size_t kGuard = 256;
  static constexpr unsigned char kPattern = 0xff;
  size_t bytes_;
  std::vector<unsigned char> memory_;
  unsigned char* start_;
};

inline void write(const Values& values, void* bytes) {
  dispatch(values.type.dtype, "test", [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* out = static_cast<T*>(bytes);
    for (size_t i = 0; i < values.data.size(); ++i) {
      if constexpr (std::is_same_v<T, bfloat16>)
        out[i] = bfloat16(static_cast<float>(values.data[i]));
      else
        out[i] = static_cast<T>(values.data[i]);
    }
  });
}

inline std::vector<double> read(const TensorType& type, const void* bytes) {
  std::vector<double> out(static_cast<size_t>(type.numel()));
  dispatch(type.dtype, "test", [&](auto tag) {
    using T = typename decltype(tag)::type;
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<double>(static_cast<const T*>(bytes)[i]);
  });
  return out;
}

inline DeviceProfile profile_of(Isa isa) {
  DeviceProfile profile;
  profile.isa = isa;
  return profile;
}

/// Prepares and runs the kernel that `factory` makes, for one thread and for three, and expects the
/// same bits and untouched guards. A machine that lacks the instruction set `isa` runs with the
/// best that it has. `donated` lists operands that share a result's buffer, as (operand, result).
inline std::vector<std::vector<double>> run_kernel(
    KernelFactory factory, std::string_view op, const Attrs& attrs, const std::vector<Values>& in,
    const std::vector<TensorType>& out, Isa isa = Isa::avx512_bf16,
    const std::vector<std::pair<size_t, size_t>>& donated = {}) {
  std::vector<TensorType> types;
  for (const Values& value : in) types.push_back(value.type);
  std::vector<std::vector<double>> first;
  for (int round = 0; round < 2; ++round) {
    DeviceProfile profile = profile_of(std::min(isa, isa_of(read_cpu_facts())));
    profile.threads = round == 0 ? 1 : 3;
    const Kernel kernel = factory(KernelSpec{op, attrs, types, out, profile});
    std::vector<GuardedBuffer> operands, results;
    std::vector<void*> operand_pointers, result_pointers;
    for (const Values& value : in) operands.emplace_back(value.type.bytes());
    for (const TensorType& type : out) results.emplace_back(type.bytes());
    for (GuardedBuffer& buffer : operands) operand_pointers.push_back(buffer.data());
    for (GuardedBuffer& buffer : results) result_pointers.push_back(buffer.data());
    for (auto [operand, result] : donated) operand_pointers[operand] = result_pointers[result];
    for (size_t i = 0; i < in.size(); ++i) write(in[i], operand_pointers[i]);
    GuardedBuffer scratch(kernel.scratch_bytes);
    kernel.run({operand_pointers.data(), result_pointers.data(), scratch.data()});
    EXPECT_TRUE(scratch.intact()) << op << " wrote outside its scratch";
    std::vector<std::vector<double>> values;
    for (size_t i = 0; i < out.size(); ++i) {
      EXPECT_TRUE(results[i].intact()) << op << " wrote outside result " << i;
      values.push_back(read(out[i], results[i].data()));
    }
    if (round == 0) {
      first = std::move(values);
      continue;
    }
    for (size_t i = 0; i < out.size(); ++i)
      EXPECT_EQ(std::memcmp(first[i].data(), values[i].data(), values[i].size() * sizeof(double)),
                0)
          << op << ": two runs differ in result " << i;
  }
  return first;
}

/// Largest |got - want| over the largest |want|; infinite when a value is not finite or the sizes
/// differ.
inline double worst_error(const std::vector<double>& got, const std::vector<double>& want) {
  if (got.size() != want.size()) return INFINITY;
  double error = 0, scale = 1e-30;
  for (size_t i = 0; i < want.size(); ++i) {
    if (!std::isfinite(got[i])) return INFINITY;
    error = std::max(error, std::abs(got[i] - want[i]));
    scale = std::max(scale, std::abs(want[i]));
  }
  return error / scale;
}

}  // namespace tessera::testing
