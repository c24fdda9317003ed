// Small models of every family as transformers writes them: read through the tables, they compute
// what transformers computes.
#include <gtest/gtest.h>

#include "framework/assembly/probe.h"
#include "framework/formats/tensor_files.h"
#include "models/outside_config.h"
#include "models/outside_export.h"
#include "models/outside_model.h"
#include "tests/models/device.h"
#include "tests/models/errors.h"
#include "tests/models/family_golden.h"

namespace tessera::testing {
namespace {

class Families : public ::testing::TestWithParam<const char*> {
 protected:
  const OutsideModel model_{shipped_models(), family_folder(GetParam())};
  const Config config_ = model_.config(model_.task_settings());
};

TEST_P(Families, ComputeWhatTransformersComputes) {
  const auto golden = family_golden(GetParam());
  const auto source = model_.tensors(config_, model_.rows());
  const Tensors out = probe(shipped_models(), config_, *source,
                            golden.at("ids").at(0).get<std::vector<int32_t>>(), device());
  ErrorTable table(std::string(GetParam()), 1e-5);
  for (const char* name : {"logits", "next_sentence", "hidden", "pooled"})
    if (golden.contains(name))
      table.add(name,
                worst_error(out.at(name).values(), golden.at(name).get<std::vector<float>>()));
  if (golden.contains("loss")) {
    const double loss = golden.at("loss").get<double>();
    EXPECT_NEAR(out.at("loss").item(), loss, 1e-5 * loss);
  }
}

/// Put together again, every tensor of theirs is what it was, and the class and the keys too.
TEST_P(Families, GoOutAsTheyCameIn) {
  const auto source = model_.tensors(config_, model_.rows());
  const OutsideTarget target = outside_target(config_, model_.original());
  ASSERT_EQ(target.why_not, std::vector<std::string>());
  EXPECT_EQ(target.kind->name, model_.original().at("architectures").at(0).get<std::string>());
  EXPECT_EQ(target.family->model_type, model_.original().at("model_type").get<std::string>());
  const auto file = open_tensor_files(family_folder(GetParam()));
  const auto plans = outside_tensors(
      target, parameters_of(shipped_models(), config_, model_.rows()), config_, model_.rows());
  std::set<std::string> names;
  for (const OutsideTensorPlan& plan : plans) {
    names.insert(plan.name);
    ASSERT_TRUE(file->contains(plan.name)) << plan.name;
    ASSERT_EQ(file->tensor(plan.name).shape, plan.shape) << plan.name;
    std::vector<float> due(static_cast<size_t>(numel(plan.shape)));
    file->read(plan.name, 0, due);
    EXPECT_EQ(assembled(plan, *source), due) << plan.name;
  }
  const auto all = file->names();
  EXPECT_EQ(names, std::set<std::string>(all.begin(), all.end()));
  const auto out =
      outside_config(*target.family, *target.kind, config_, nlohmann::ordered_json::object());
  const OutsideSettings again =
      settings_of(*target.family, out, "config.json", outside_names(*target.family, *file));
  EXPECT_EQ(again.sets, model_.settings());
}

INSTANTIATE_TEST_SUITE_P(All, Families,
                         ::testing::Values("gpt2", "gpt2-untied", "llama", "llama-bias",
                                           "llama-linear", "llama-dynamic", "llama-llama3",
                                           "llama-yarn", "mistral", "qwen2", "bert", "bert-mlm",
                                           "bert-pretraining", "roberta", "distilbert",
                                           "bert-classifier", "roberta-classifier",
                                           "distilbert-classifier"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tessera::testing
