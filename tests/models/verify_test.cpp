// Rungs of the ladder of meshes, value by value: within their bounds in f32 and bf16, dropout on, uneven weights.
#include "framework/train/verify.h"

#include <gtest/gtest.h>

#include "framework/core/threads.h"
#include "tests/models/device.h"
#include "tests/models/toy_batches.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

struct Rung {
  const char *text, *precision;
  int64_t dp, tp;
  const char* shard;
  bool sequence;
  int64_t accumulate;
  const char* recompute;
};

void expect_verified(const Rung& r) {
  const Sets base{"model.vocab=64",
                  "model.dropout=0.1",
                  "model.attention_dropout=0.1",
                  "batch.sequences=12",
                  fmt::format("precision.compute={}", r.precision),
                  fmt::format("batch.accumulate={}", r.accumulate),
                  fmt::format("recompute.policy={}", r.recompute)};
  const Config one = toy_config(r.text, base),
               many = toy_config(r.text, base,
                                 {fmt::format("mesh.dp={}", r.dp), fmt::format("mesh.tp={}", r.tp),
                                  fmt::format("mesh.sequence_parallel={}", r.sequence),
                                  fmt::format("data_parallel.shard={}", r.shard)});
  set_thread_count(1);
  const VerifyOptions options{3, device(), [&] {
                                LearnerData data;
                                data.vocab = *one.model.vocab;
                                data.batches = std::make_unique<ToyBatches>(one);
                                return data;
                              }};
  const VerifyReport report = verify(one, many, options);
  const std::string rung = fmt::format("{} dp={} tp={} {} sequence {} x{} {}", r.precision, r.dp,
                                       r.tp, r.shard, r.sequence, r.accumulate, r.recompute);
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
      for (Rung rung : {Rung{"", "", 2, 1, "none", false, 1, "none"},
                        Rung{"", "", 2, 1, "optimizer", false, 3, "selective"},
                        Rung{"", "", 2, 1, "gradients", false, 3, "none"},
                        Rung{"", "", 2, 1, "parameters", false, 1, "full"},
                        Rung{"", "", 1, 2, "none", false, 3, "none"},
                        Rung{"", "", 1, 2, "none", true, 1, "full"},
                        Rung{"", "", 2, 2, "none", true, 3, "selective"},
                        Rung{"", "", 2, 2, "optimizer", true, 1, "none"},
                        Rung{"", "", 2, 2, "gradients", false, 1, "full"},
                        Rung{"", "", 2, 2, "parameters", true, 3, "none"},
                        Rung{"", "", 1, 4, "none", false, 1, "selective"},
                        Rung{"", "", 1, 4, "none", true, 3, "none"}}) {
        rung.text = text;
        rung.precision = precision;
        expect_verified(rung);
      }
}

}  // namespace
}  // namespace tessera::testing
