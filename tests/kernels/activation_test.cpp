#include "framework/kernels/cpu/shared/activation.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera::cpu {
namespace {

TEST(Activation, IsKnownByName) {
  EXPECT_EQ(parse_activation("silu"), Activation::silu);
  EXPECT_THROW(parse_activation("gelu"), InternalError);
}

}  // namespace
}  // namespace tessera::cpu
