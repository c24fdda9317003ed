#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/kernels/cpu/rotary.cpp"
#include <hwy/foreach_target.h>

#include <cmath>
#include <vector>

#include "framework/core/rotary_rates.h"
#include "framework/kernels/cpu/shared/simd_rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tessera::cpu::HWY_NAMESPACE {

/// Computes cosine and sine of the angles of `count` pairs at one position, times `magnitude`. Angles
/// are reduced in double, since positions are large.
HWY_ATTR void turn_table(double position, const double* rates, float magnitude, int64_t count,
                         float* cos, float* sin) {
  constexpr double kHalfPi = 1.57079632679489661923, kRound = 6755399441055744.0;  // 1.5 · 2^52
  constexpr int64_t kMost = HWY_MAX_BYTES / sizeof(float);
  for (int64_t start = 0; start < count; start += lanes()) {
    alignas(64) float r[kMost] = {};
    alignas(64) int32_t quadrant[kMost] = {};
    const int64_t length = std::min(lanes(), count - start);
    for (int64_t i = 0; i < length; ++i) {
      const double angle = position * rates[start + i];
      const double turns = (angle * (1 / kHalfPi) + kRound) - kRound;
      r[i] = static_cast<float>(angle - turns * kHalfPi);
      quadrant[i] = static_cast<int32_t>(static_cast<int64_t>(turns) & 3);
    }
    const SinCos turn = sin_cos_of(hn::Load(I32(), quadrant), hn::Load(F32(), r));
    const VF scale = hn::Set(F32(), magnitude);
    store_part(hn::Mul(turn.cos, scale), cos + start, length);
    store_part(hn::Mul(turn.sin, scale), sin + start, length);
  }
}

/// Turns the pairs (i, i + half) for i in [0, count).
template <class T>
HWY_ATTR void turn_halves(const T* x, T* y, int64_t half, int64_t count, const float* cos,
                          const float* sin) {
  each_vector(count, [&](int64_t i, int64_t n) TESSERA_BODY {
    const VF a = load_part(x + i, n), b = load_part(x + i + half, n);
    const VF c = load_part(cos + i, n), s = load_part(sin + i, n);
    store_part(hn::NegMulAdd(b, s, hn::Mul(a, c)), y + i, n);
    store_part(hn::MulAdd(a, s, hn::Mul(b, c)), y + i + half, n);
  });
}

/// Turns the pairs (2i, 2i + 1). `cos` holds every cosine twice; `sin` holds every sine twice,
/// first negated and then as it is.
template <class T>
HWY_ATTR void turn_neighbours(const T* x, T* y, int64_t count, const float* cos, const float* sin) {
#if HWY_TARGET == HWY_SCALAR
  for (int64_t i = 0; i < 2 * count; i += 2) {
    const float a = static_cast<float>(x[i]), b = static_cast<float>(x[i + 1]);
    y[i] = static_cast<T>(a * cos[i] + b * sin[i]);
    y[i + 1] = static_cast<T>(b * cos[i + 1] + a * sin[i + 1]);
  }
#else
  each_vector(2 * count, [&](int64_t i, int64_t n) TESSERA_BODY {
    const VF a = load_part(x + i, n);
    const VF turned = hn::Mul(hn::Shuffle2301(a), load_part(sin + i, n));
    store_part(hn::MulAdd(a, load_part(cos + i, n), turned), y + i, n);
  });
#endif
}

template <class T>
Kernel rotary_of(const KernelSpec& spec) {
  const Shape& shape = spec.in[0].shape;
  const int64_t rows = shape[0] * shape[1], heads = shape[2], width = shape[3], half = width / 2;
  const bool halves = spec.attrs.text("layout") == "half";
  const double direction = spec.attrs.flag("inverse") ? -1 : 1;
  std::vector<double> rates = rotary_rates(spec.attrs, width);
  for (double& rate : rates) rate *= direction;
  const auto magnitude = static_cast<float>(rotary_magnitude(spec.attrs));
  return {
      [=](const KernelArgs& args) {
        constexpr int64_t kPairs = 128;  // pairs at a time
        const auto* positions = args.input<int32_t>(1);
        parallel_for(rows, 1 + 16384 / (heads * width), [&](int64_t begin, int64_t end, int) {
          float cos[2 * kPairs], sin[2 * kPairs];
          for (int64_t r = begin; r < end; ++r)
            for (int64_t from = 0; from < half; from += kPairs) {
              const int64_t count = std::min(kPairs, half - from);
              turn_table(positions[r], rates.data() + from, magnitude, count, cos, sin);
              if (!halves)
                for (int64_t i = count - 1; i >= 0; --i) {
                  cos[2 * i] = cos[2 * i + 1] = cos[i];
                  sin[2 * i + 1] = sin[i];
                  sin[2 * i] = -sin[2 * i + 1];
                }
              for (int64_t h = 0; h < heads; ++h) {
                const int64_t at = (r * heads + h) * width + (halves ? from : 2 * from);
                if (halves)
                  turn_halves(args.input<T>(0) + at, args.output<T>(0) + at, half, count, cos, sin);
                else
                  turn_neighbours(args.input<T>(0) + at, args.output<T>(0) + at, count, cos, sin);
              }
            }
        });
      },
      0};
}

Kernel make_rotary(const KernelSpec& spec) {
  return dispatch_simd(spec.in[0].dtype, spec.op,
                       [&]<class T>(Tag<T>) { return rotary_of<T>(spec); });
}

}  // namespace tessera::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tessera::cpu {
TESSERA_SIMD_KERNEL(rotary);
}  // namespace tessera::cpu
#endif
