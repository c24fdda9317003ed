// A test that runs once for every op that has cases.
#pragma once

#include <gtest/gtest.h>

#include "tests/ops/case.h"

namespace tessera {

class OpTest : public testing::TestWithParam<OpCases> {};

/// Runs TEST_P(suite, …) for every op.
#define TESSERA_FOR_EACH_OP(suite)                       \
  INSTANTIATE_TEST_SUITE_P(                              \
      Ops, suite, testing::ValuesIn(registered_cases()), \
      [](const testing::TestParamInfo<OpCases>& info) { return info.param.op; })

/// Names the case in failures.
std::string describe(const OpCases& op, size_t which, DType real);

}  // namespace tessera
