#include "framework/core/shared_text.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(SharedText, CopiesAreTheSameText) {
  const SharedText text(std::string("layer.0.attention.q.weight")), copy = text;
  EXPECT_EQ(&copy.str(), &text.str());
  EXPECT_EQ(copy, text);
  EXPECT_EQ(copy, SharedText(text.str()));
  EXPECT_EQ(copy.hash(), SharedText(text.str()).hash());
  EXPECT_FALSE(copy == SharedText(std::string("layer.0")));
  EXPECT_EQ(copy, "layer.0.attention.q.weight");
  EXPECT_EQ(text + ".grad", "layer.0.attention.q.weight.grad");
  EXPECT_EQ("update." + text, "update.layer.0.attention.q.weight");
  EXPECT_EQ(fmt::format("'{}'", text), "'layer.0.attention.q.weight'");
}

TEST(SharedText, NoneIsTheEmptyText) {
  const SharedText none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none, SharedText(std::string()));
  EXPECT_EQ(none.hash(), SharedText::hash_of(""));
  EXPECT_EQ(none.str(), "");
}

}  // namespace
}  // namespace tessera
