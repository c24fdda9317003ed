// Numbers as foreign files store them: every half float by its definition, roundings between
// neighbours, and blocks against the bytes that the reference writes.
#include "framework/formats/stored_type.h"

#include <cmath>
#include <limits>

#include "framework/formats/half_float.h"
#include "tests/formats/golden.h"

namespace tessera {
namespace {

/// IEEE 754: sign, five bits of exponent, ten of fraction.
double half_by_definition(uint16_t half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(StoredType, EveryHalfFloatIsExactAndComesBack) {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  std::vector<float> numbers(halves.size());
  to_floats(StoredType::f16, std::as_bytes(std::span(halves)), 0, numbers);
  for (size_t i = 0; i < halves.size(); ++i) {
    const double want = half_by_definition(halves[i]);
    if (std::isnan(want)) {
      EXPECT_TRUE(std::isnan(numbers[i])) << i;
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(numbers[i])))) << i;
      continue;
    }
    EXPECT_EQ(std::bit_cast<uint64_t>(static_cast<double>(numbers[i])),
              std::bit_cast<uint64_t>(want))
        << i;
    EXPECT_EQ(float_to_half(numbers[i]), halves[i]);
  }
}

TEST(StoredType, HalfFloatsRoundToNearestEven) {
  for (uint16_t half = 0; half < 0x7bff; ++half) {
    const float low = half_to_float(half), high = half_to_float(half + 1);
    const float middle = (low + high) / 2;  // exact: halves have 11 bits, f32 has 24
    const uint16_t even = half % 2 == 0 ? half : half + 1;
    ASSERT_EQ(float_to_half(middle), even) << half;
    ASSERT_EQ(float_to_half(-middle), even | 0x8000) << half;
    ASSERT_EQ(float_to_half(std::nextafter(middle, 0.0f)), half) << half;
    ASSERT_EQ(float_to_half(std::nextafter(middle, 1e9f)), half + 1) << half;
  }
  EXPECT_EQ(float_to_half(65519.0f), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00);
  EXPECT_EQ(float_to_half(1e30f), 0x7c00);
  EXPECT_EQ(float_to_half(-INFINITY), 0xfc00);
  EXPECT_EQ(float_to_half(1e-30f), 0);
}

TEST(StoredType, RoundsToTheBytesOfTheReference) {
  const SafetensorsTensors golden(golden_path("expected.safetensors"));
  const std::vector<float> numbers = all_of(golden, "rounded/numbers");
  const std::pair<const char*, StoredType> types[] = {
      {"Q8_0", StoredType::q8_0}, {"F16", StoredType::f16}, {"BF16", StoredType::bf16}};
  for (const auto& [name, type] : types) {
    const std::vector<float> want = all_of(golden, std::string("rounded/") + name);
    std::vector<std::byte> bytes(want.size());
    from_floats(numbers, type, bytes, "a tensor");
    for (size_t i = 0; i < want.size(); ++i)
      ASSERT_EQ(static_cast<int>(bytes[i]), static_cast<int>(want[i])) << name << " " << i;
  }
}

TEST(StoredType, PartsOfBlocks) {
  std::vector<float> numbers(96);
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i) - 40.5f;
  std::vector<std::byte> bytes(3 * 34);
  from_floats(numbers, StoredType::q8_0, bytes, "a tensor");
  std::vector<float> whole(96);
  to_floats(StoredType::q8_0, bytes, 0, whole);
  for (size_t first = 0; first < 96; first += 7)
    for (size_t count = 0; first + count <= 96; count += 5) {
      std::vector<float> part(count);
      to_floats(StoredType::q8_0, bytes, static_cast<int64_t>(first), part);
      EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<int>(first)));
    }
}

TEST(StoredType, WideNumbersAreRoundedOnce) {
  const std::vector<double> reals = {1.0 + std::ldexp(1, -24), 1.0 + std::ldexp(3, -25), 1e300};
  std::vector<float> out(3);
  to_floats(StoredType::f64, std::as_bytes(std::span(reals)), 0, out);
  EXPECT_EQ(out[0], 1.0f);  // a tie, to even
  EXPECT_EQ(out[1], std::nextafter(1.0f, 2.0f));
  EXPECT_EQ(out[2], INFINITY);
  const std::vector<int64_t> integers = {(int64_t{1} << 24) + 1, -(int64_t{1} << 62), 3};
  to_floats(StoredType::i64, std::as_bytes(std::span(integers)), 0, out);
  EXPECT_EQ(out, (std::vector<float>{16777216.0f, -4611686018427387904.0f, 3.0f}));
}

TEST(StoredType, RefusesWhatATypeCannotHold) {
  std::vector<float> numbers(32, 1.0f);
  std::vector<std::byte> bytes(64);
  const auto refusal = [&](float number, StoredType type) {
    numbers[5] = number;
    const size_t size = type == StoredType::q8_0 ? 34 : 64;
    return error_of(
        [&] { from_floats(numbers, type, std::span(bytes).first(size), "tensor 'w'"); });
  };
  expect_contains(refusal(-70000.0f, StoredType::f16), "tensor 'w' holds 70000, which f16");
  expect_contains(refusal(1e38f, StoredType::q8_0), "too large for q8_0");
  expect_contains(refusal(NAN, StoredType::q8_0), "not finite");
  expect_contains(refusal(INFINITY, StoredType::q8_0), "not finite");
  numbers[5] = INFINITY;  // an infinite half is what it says
  from_floats(numbers, StoredType::f16, bytes, "tensor 'w'");
  expect_contains(error_of([] {
                    stored_bytes(StoredType::q8_0, {4, 33}, "tensor 'w'");
                  }),
                  "tensor 'w': rows of [4,33] do not divide into the blocks of 32 that q8_0 has");
  expect_contains(error_of([] {
                    stored_bytes(StoredType::f16, {1L << 40, 1L << 40}, "w");
                  }),
                  "too large");
}

}  // namespace
}  // namespace tessera
