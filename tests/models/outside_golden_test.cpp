// Small models of every family as transformers writes them: read through the tables, they compute
// what transformers computes.
#include <gtest/gtest.h>

#include "framework/assembly/probe.h"
#include "models/outside_model.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/family_golden.h"

namespace tessera::testing {
namespace {

class Families : public ::testing::TestWithParam<const char*> {};

TEST_P(Families, ComputeWhatTransformersComputes) {
  const OutsideModel model(shipped_models(), family_folder(GetParam()));
  const auto golden = family_golden(GetParam());
  const Config config = model.config({});
  const auto source = model.tensors(config, *config.model.vocab);
  const Tensors out = probe(shipped_models(), config, *source,
                            golden.at("ids").at(0).get<std::vector<int32_t>>(), device());
  ErrorTable table(std::string(GetParam()) + " logits", 1e-5);
  for (const char* name : {"logits", "next_sentence"})
    if (golden.contains(name))
      table.add(name,
                worst_error(out.at(name).values(), golden.at(name).get<std::vector<float>>()));
  if (golden.contains("loss")) {
    const double loss = golden.at("loss").get<double>();
    EXPECT_NEAR(out.at("loss").item(), loss, 1e-5 * loss);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Families, ::testing::Values("gpt2", "gpt2-untied"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tessera::testing
