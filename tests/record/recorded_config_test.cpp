// Configs that earlier versions have recorded.
#include "framework/record/recorded_config.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "models/model.h"

namespace tessera {
namespace {

/// Earlier versions wrote down settings that had no effect, which a config of today may not have.
TEST(RecordedConfig, DataParallelSettingsOfOneRankArePassedOver) {
  const std::string text =
      "model: {type: gpt, layers: 1, hidden: 64, heads: 4}\nmesh: {dp: 1, tp: 1}\n"
      "data_parallel: {shard: parameters, wire: bf16}\n";
  const KnownKinds kinds = shipped_models().kinds();
  EXPECT_EQ(parse_recorded(kinds, text, "config.yaml").data_parallel, DataParallelConfig{});
  const std::vector<std::string> two{"mesh.dp=2"}, stated{"data_parallel.shard=parameters"};
  EXPECT_EQ(parse_recorded(kinds, text, "config.yaml", two).data_parallel.shard,
            DataParallelConfig::Shard::parameters);
  EXPECT_THROW(parse_recorded(kinds, text, "config.yaml", stated), UserError);
}

}  // namespace
}  // namespace tessera
