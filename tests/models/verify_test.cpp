// Rungs of the ladder of meshes, value by value: within their bounds in f32 and bf16, dropout on, uneven weights.
#include "framework/train/verify.h"

#include <gtest/gtest.h>

#include "framework/core/threads.h"
#include "tests/models/device.h"
#include "tests/models/ladder.h"
#include "tests/models/toy_batches.h"

namespace tessera::testing {
namespace {

void expect_verified(const char* text, const char* precision, const Rung& r) {
  Sets base = kOnTheLadder;
  base.push_back(fmt::format("precision.compute={}", precision));
  const Config one = toy_config(text, base,
                                {fmt::format("batch.accumulate={}", r.accumulate),
                                 fmt::format("recompute.policy={}", r.recompute)}),
               many = toy_config(text, base, sets_of(r));
  set_thread_count(1);
  const VerifyOptions options{3, device(), [&] {
                                LearnerData data;
                                data.vocab = *one.model.vocab;
                                data.batches = std::make_unique<ToyBatches>(one);
                                return data;
                              }};
  const VerifyReport report = verify(one, many, options);
  const std::string rung = fmt::format("{} {}", precision, name_of(r));
  EXPECT_EQ(report.found, 0) << rung << ": " << (report.findings.empty() ? "" : report.findings[0]);
  for (const auto& [kind, row] : report.kinds) {
    EXPECT_GT(row.names, 60) << rung << ": " << kind;
    ::testing::Test::RecordProperty(rung + " " + kind, fmt::format("{:.3f}", row.worst));
  }
  EXPECT_EQ(report.kinds.at("states").worst, 0) << rung;
}

TEST(VerifiedLadder, EveryRung) {
  for (const char* precision : {"f32", "bf16"})
    for (const char* text : {kToyGpt, kToyBert})
      for (const Rung& rung : kRungs) expect_verified(text, precision, rung);
}

}  // namespace
}  // namespace tessera::testing
