#include "framework/core/dense_activation.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(DenseActivation, IsKnownByName) {
  EXPECT_EQ(dense_activation({{"activation", "silu"}}), DenseActivation::silu);
  EXPECT_THROW(dense_activation({{"activation", "gelu"}}), InternalError);
}

}  // namespace
}  // namespace tessera
