#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "framework/core/device_profile.h"
#include "framework/core/dims.h"
#include "framework/core/dtype.h"
#include "framework/core/tensor_type.h"

namespace tessera {
namespace {

TEST(DType, NamesReadBackAndSizesMatch) {
  for (const DType dtype :
       {DType::f32, DType::bf16, DType::f64, DType::i32, DType::i64, DType::boolean}) {
    EXPECT_EQ(parse_dtype(to_string(dtype)), dtype);
    dispatch(dtype, "test",
             [&](auto tag) { EXPECT_EQ(sizeof(typename decltype(tag)::type), size_of(dtype)); });
    EXPECT_FALSE(is_float(dtype) && is_integer(dtype));
  }
  EXPECT_THROW(parse_dtype("f16"), UserError);
  EXPECT_THROW(dispatch_float(DType::i32, "test", [](auto) {}), InternalError);
}

TEST(Bfloat16, RoundsToNearestEven) {
  const auto bits = [](uint32_t word) { return bfloat16(std::bit_cast<float>(word)).bits; };
  EXPECT_EQ(bits(0x3f800000), 0x3f80);  // 1
  EXPECT_EQ(bits(0x3f808000), 0x3f80);  // half way: to the even one below
  EXPECT_EQ(bits(0x3f818000), 0x3f82);  // half way: to the even one above
  EXPECT_EQ(bits(0x3f808001), 0x3f81);
  EXPECT_EQ(bits(0x3f807fff), 0x3f80);
  EXPECT_EQ(bits(0x7f7fffff), 0x7f80);  // the largest float rounds to infinity
  EXPECT_EQ(bits(0xff800000), 0xff80);
  EXPECT_EQ(bits(0x80000000), 0x8000);
  for (const uint32_t nan : {0x7fc00000u, 0x7f800001u, 0xffffffffu})
    EXPECT_TRUE(std::isnan(static_cast<float>(bfloat16(std::bit_cast<float>(nan)))));
}

TEST(Bfloat16, EveryOneSurvivesTheWayThroughFloat) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    bfloat16 value;
    value.bits = static_cast<uint16_t>(bits);
    const auto wide = static_cast<float>(value);
    if (!std::isnan(wide)) {
      ASSERT_EQ(bfloat16(wide).bits, bits);
    }
  }
}

TEST(TensorType, CountsAndPrints) {
  const TensorType type{DType::bf16, {2, 3, 4}};
  EXPECT_EQ(type.numel(), 24);
  EXPECT_EQ(type.bytes(), 48u);
  EXPECT_EQ(to_string(type), "bf16[2,3,4]");
  EXPECT_EQ(to_string(TensorType{DType::f32, {}}), "f32[]");
  EXPECT_EQ(TensorType{}.numel(), 1);
  EXPECT_EQ(strides_of({2, 3, 4}), (Shape{12, 4, 1}));
  EXPECT_EQ(strides_of({}), Shape{});
  EXPECT_EQ((TensorType{DType::f32, {1 << 20, 1 << 20}}.bytes()), size_t{1} << 42);
}

TEST(TensorType, RefusesMoreElementsThanCanBeCounted) {
  constexpr int64_t kBig = int64_t{1} << 32;
  EXPECT_EQ(numel({kBig, 1 << 27}), int64_t{1} << 59);
  for (const Shape& shape :
       {Shape{kBig, 1 << 28}, Shape{kBig, kBig}, Shape{kBig, kBig, 4}, Shape{int64_t{1} << 61, 8}})
    EXPECT_THROW(numel(shape), UserError) << to_string(shape);
}

TEST(TensorType, Broadcasts) {
  EXPECT_EQ(broadcast({2, 3}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast({2, 1, 4}, {5, 1}), (Shape{2, 5, 4}));
  EXPECT_EQ(broadcast({}, {7}), Shape{7});
  EXPECT_EQ(broadcast({1}, {1}), Shape{1});
  EXPECT_THROW(broadcast({2, 3}, {2}), UserError);
}

TEST(Dims, CountFromEitherEnd) {
  EXPECT_EQ(checked_dim(-1, 3), 2);
  EXPECT_EQ(checked_dim(0, 3), 0);
  EXPECT_THROW(checked_dim(3, 3), UserError);
  EXPECT_THROW(checked_dim(-4, 3), UserError);
  EXPECT_EQ(reduced_dims(3, {}), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(reduced_dims(3, {{"dims", std::vector<int64_t>{-1, 0}}}), (std::vector<int64_t>{0, 2}));
  EXPECT_THROW(reduced_dims(3, {{"dims", std::vector<int64_t>{2, -1}}}), UserError);
  EXPECT_THROW(reduced_dims(3, {{"dims", std::vector<int64_t>{3}}}), UserError);
  const DimSplit split = split_at({2, 3, 4, 5}, 1);
  EXPECT_EQ(split.outer, 2);
  EXPECT_EQ(split.size, 3);
  EXPECT_EQ(split.inner, 20);
}

TEST(Isa, NamesReadBackAndOnesUnknownAreRefused) {
  for (const Isa isa : {Isa::sse41, Isa::avx2, Isa::avx512, Isa::avx512_bf16, Isa::amx})
    EXPECT_EQ(parse_isa(to_string(isa)), isa);
  EXPECT_THROW(parse_isa("avx3"), UserError);
}

}  // namespace
}  // namespace tessera
