#include "framework/verify/whole_value.h"

#include <gtest/gtest.h>

#include <cstring>

namespace tessera {
namespace {

const Mesh kMesh({{"dp", 2}, {"tp", 2}});
const Layout kSplit{.split = {{0}, {}}};

WholeValue counted(const Shape& shape) {
  const TensorType type{DType::f32, shape};
  WholeValue out{type, std::vector<std::byte>(type.bytes())};
  for (int64_t i = 0; i < type.numel(); ++i) {
    const auto x = static_cast<float>(i + 1);
    std::memcpy(out.bytes.data() + i * 4, &x, 4);
  }
  return out;
}

std::vector<std::vector<std::byte>> cut(const WholeValue& whole, const Layout& layout) {
  std::vector<std::vector<std::byte>> parts;
  for (int64_t rank = 0; rank < kMesh.size(); ++rank) {
    parts.push_back(part_of(whole, layout, kMesh, rank));
  }
  return parts;
}

Gathered joined(const TensorType& type, const Layout& layout,
                const std::vector<std::vector<std::byte>>& parts) {
  std::vector<const std::byte*> data;
  for (const auto& part : parts) data.push_back(part.data());
  return gather(type, layout, kMesh, data);
}

TEST(WholeValue, PartsOfEveryLayoutComeTogetherAgain) {
  const WholeValue whole = counted({4, 6});
  for (const Layout& layout :
       {Layout::whole(2), kSplit, Layout{.split = {{0, 1}, {}}}, Layout{.split = {{1}, {0}}},
        Layout{.split = {{0}, {}}, .partial = {1}}, Layout{.split = {{}, {}}, .partial = {0, 1}}}) {
    const Gathered back = joined(whole.type, layout, cut(whole, layout));
    EXPECT_EQ(back.whole.numbers(), whole.numbers()) << to_string(layout, kMesh);
    EXPECT_FALSE(back.different);
  }
}

TEST(WholeValue, PartialOnesAreSummed) {
  const WholeValue whole = counted({2, 2});
  const Layout layout{.split = {{}, {}}, .partial = {1}};
  auto parts = cut(whole, Layout::whole(2));
  const Gathered sum = joined(whole.type, layout, parts);
  EXPECT_EQ(sum.whole.numbers(), (std::vector<double>{2, 4, 6, 8}));
  EXPECT_FALSE(sum.different);
}

TEST(WholeValue, CopiesThatDifferAreNamed) {
  const WholeValue whole = counted({4, 2});
  auto parts = cut(whole, kSplit);
  parts[3][5] ^= std::byte{1};
  const auto different = joined(whole.type, kSplit, parts).different;
  ASSERT_TRUE(different);
  EXPECT_EQ(different->first, 2);
  EXPECT_EQ(different->second, 3);
}

}  // namespace
}  // namespace tessera
