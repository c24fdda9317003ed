// The list of ops is complete: every row is whole, has cases, and runs on both backends, but for
// collectives, which run on communicators.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "framework/ops/ops.h"
#include "framework/runtime/kernels.h"
#include "tests/ops/case.h"
#include "tests/places.h"

namespace tessera {
namespace {

TEST(OpList, EveryOpIsWhole) {
  std::set<std::string_view> names;
  for (const OpDef* op : ops::all()) {
    EXPECT_TRUE(names.insert(op->name).second) << op->name << " is listed twice";
    EXPECT_EQ(find_op(op->name), op) << op->name;
    EXPECT_NE(op->infer, nullptr) << op->name;
    EXPECT_NE(op->rule, nullptr) << op->name;
  }
  EXPECT_EQ(find_op("no such op"), nullptr);
}

TEST(OpList, EveryOpRunsOnBothBackends) {
  for (const OpDef* op : ops::all())
    for (const char* backend : {"reference", "cpu"})
      EXPECT_TRUE(op->collective || op->composite || find_kernel(op->name, backend))
          << op->name << " has neither a " << backend << " kernel nor a composite";
}

TEST(OpList, EveryKernelFileIsListed) {
  const std::filesystem::path kernels = std::filesystem::path(source_dir()) / "framework/kernels";
  for (const OpDef* op : ops::all())
    for (const char* backend : {"reference", "cpu"}) {
      const auto file = kernels / backend / (std::string(op->name) + ".cpp");
      EXPECT_TRUE(!std::filesystem::exists(file) || find_kernel(op->name, backend))
          << file << " is never run: say yes for it in framework/core/ops.def";
    }
}

TEST(OpList, EveryOpHasCases) {
  std::set<std::string> with;
  for (const OpCases& cases : registered_cases()) {
    EXPECT_FALSE(cases.cases.empty()) << cases.op;
    EXPECT_NE(find_op(cases.op), nullptr) << "cases of an unknown op " << cases.op;
    with.insert(cases.op);
  }
  for (const OpDef* op : ops::all())
    EXPECT_TRUE(op->collective || with.contains(std::string(op->name)))
        << op->name << " has no cases; add tests/ops/cases/" << op->name << ".cpp";
}

}  // namespace
}  // namespace tessera
