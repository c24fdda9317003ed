// Rungs of the ladder of meshes, value by value: within their bounds in f32 and bf16, dropout on,
// uneven weights.
#include "framework/verify/verify.h"

#include <gtest/gtest.h>

#include <atomic>

#include "framework/core/threads.h"
#include "models/model.h"
#include "tests/host_device.h"
#include "tests/models/device.h"
#include "tests/models/ladder.h"
#include "tests/models/toy_batches.h"

namespace tessera::testing {
namespace {

/// What all meshes of a rung share.
Sets shared_sets(const char* precision, const Rung& r) {
  Sets sets = kOnTheLadder;
  sets.push_back(fmt::format("precision.compute={}", precision));
  sets.push_back(fmt::format("batch.accumulate={}", r.accumulate));
  sets.push_back(fmt::format("recompute.policy={}", r.recompute));
  return sets;
}

void expect_verified(const Config& one, const Config& many, const std::string& rung) {
  set_thread_count(1);
  const VerifyOptions options{shipped_models(), 3, host_device(device()), [&] {
                                LearnerData data;
                                data.vocab = *one.model.vocab;
                                data.batches = std::make_unique<ToyBatches>(one);
                                return data;
                              }};
  const VerifyReport report = verify(one, many, options);
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
      for (const Rung& rung : kRungs) {
        const Sets shared = shared_sets(precision, rung);
        expect_verified(toy_config(text, shared), toy_config(text, shared, sets_of(rung)),
                        fmt::format("{} {}", precision, name_of(rung)));
      }
}

TEST(VerifiedLadder, GradientsThatTravelInBf16) {
  for (const Rung& rung : kRungs) {
    if (rung.dp == 1) continue;
    const Sets shared = shared_sets("f32", rung);
    Sets many = sets_of(rung);
    many.emplace_back("data_parallel.wire=bf16");
    const Config narrow = toy_config(kToyGpt, shared, many);
    expect_verified(toy_config(kToyGpt, shared), narrow, "wire of bf16 " + name_of(rung));
    // Gradients of the first mesh are rounded on the way, those of the second are not.
    const Sets alone{fmt::format("mesh.tp={}", rung.tp)};
    expect_verified(narrow, toy_config(kToyGpt, shared, alone), "to one " + name_of(rung));
  }
}

/// Toy batches that end at the second step.
class FewBatches : public ToyBatches {
 public:
  using ToyBatches::ToyBatches;
  std::vector<Feed> update(int64_t first_sample, const BatchRows& rows) const override {
    require(first_sample == 0, "the disk is gone");
    return ToyBatches::update(first_sample, rows);
  }
};

TEST(VerifiedLadder, AFailureOfOneRankEndsAllWhileTheirBuffersAreThere) {
  const Config config = toy_config(kToyGpt, kOnTheLadder, {"mesh.dp=2", "mesh.tp=2"});
  set_thread_count(1);
  for (int repetition = 0; repetition < 5; ++repetition) {
    std::atomic<int> asked = 0;  // first for the vocabulary, then by every rank
    const VerifyOptions options{shipped_models(), 2, host_device(device()), [&] {
                                  LearnerData data;
                                  data.vocab = *config.model.vocab;
                                  if (asked++ == 2)
                                    data.batches = std::make_unique<FewBatches>(config);
                                  else
                                    data.batches = std::make_unique<ToyBatches>(config);
                                  return data;
                                }};
    try {
      verify(config, config, options);
      ADD_FAILURE() << "it went on";
    } catch (const UserError& error) {
      EXPECT_STREQ(error.what(), "the disk is gone");
    }
  }
}

}  // namespace
}  // namespace tessera::testing
