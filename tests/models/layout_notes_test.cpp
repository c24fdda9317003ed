// A slip in a model's layout is an error: an axis that does not exist, or a note that fits nothing.
#include <gtest/gtest.h>

#include "framework/assembly/assemble.h"
#include "framework/core/error.h"
#include "models/bert.h"
#include "models/gpt.h"
#include "tests/models/toy_configs.h"

namespace tessera::testing {
namespace {

ModelLayout misspelt_axis(const Config& config) {
  ModelLayout out = gpt_layout(config);
  out.parameters[0].layout = "[tpp, _]";
  return out;
}
ModelLayout misspelt_parameter(const Config& config) {
  ModelLayout out = gpt_layout(config);
  out.parameters[0].name = "layer.*.mlp.upp.weight";
  return out;
}
ModelLayout misspelt_value(const Config& config) {
  ModelLayout out = gpt_layout(config);
  out.values.push_back({"*.layer.*.attention.outt", "[dp, _, _]"});
  return out;
}

std::string error_with(ModelLayout (*layout)(const Config&), const Sets& sets) {
  Models models = shipped_models();
  models.rows[0].layout = layout;
  try {
    assemble_training(models, toy_config(kToyGpt, sets), 67);
  } catch (const InternalError& error) {
    return error.what();
  }
  return "";
}

TEST(LayoutNotes, ASlipIsAnErrorOnEveryMesh) {
  for (const Sets& mesh : {Sets{}, Sets{"mesh.dp=2"}}) {
    EXPECT_NE(error_with(misspelt_axis, mesh).find("there is no axis 'tpp', but dp and tp"),
              std::string::npos);
    EXPECT_NE(error_with(misspelt_parameter, mesh)
                  .find("a note on 'layer.*.mlp.upp.weight', which fits no parameter"),
              std::string::npos);
    EXPECT_NE(error_with(misspelt_value, mesh)
                  .find("a note on '*.layer.*.attention.outt', which fits no input or value"),
              std::string::npos);
    EXPECT_EQ(error_with(gpt_layout, mesh), "");
  }
}

/// Whatever optional parts a model has, its layout speaks of those alone.
TEST(LayoutNotes, FitEveryFormOfTheModels) {
  for (const Sets& sets :
       {Sets{"model.bias=false"}, Sets{"model.activation=silu_gated"},
        Sets{"model.activation=silu_gated", "model.bias=false"}, Sets{"precision.compute=bf16"},
        Sets{"batch.accumulate=2"}, Sets{"model.norm=rms"}}) {
    assemble_training(shipped_models(), toy_config(kToyGpt, sets), 67);
    assemble_training(shipped_models(), toy_config(kToyBert, sets), 67);
  }
  for (const Sets& sets : {Sets{"model.tied_head=false"}, Sets{"data.documents=stream"},
                           Sets{"model.positions=rotary"}, Sets{"model.kv_heads=2"}})
    assemble_training(shipped_models(), toy_config(kToyGpt, sets), 67);
  for (const Sets& sets :
       {Sets{"model.next_sentence=false"},
        Sets{"model.next_sentence=false", "data.sentence_pairs=false", "model.segments=0"}})
    assemble_training(shipped_models(), toy_config(kToyBert, sets), 67);
}

}  // namespace
}  // namespace tessera::testing
