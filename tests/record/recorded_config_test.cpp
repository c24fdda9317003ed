// Configs that earlier versions have recorded.
#include "framework/record/recorded_config.h"

#include <gtest/gtest.h>

#include "framework/config/parse.h"
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

/// Earlier versions took a `segments` of 0 for gpt, which has none.
TEST(RecordedConfig, KeysOfAnotherKindOfModelArePassedOver) {
  const std::string text =
      "model: {type: gpt, layers: 1, hidden: 64, heads: 4, segments: 0, next_sentence: false}\n";
  const KnownKinds kinds = shipped_models().kinds();
  const Config config = parse_recorded(kinds, text, "config.yaml");
  EXPECT_EQ(config.model.own, (std::map<std::string, std::string>{}));
  EXPECT_THROW(parse_config(kinds, text, "config.yaml"), UserError);
  const std::vector<std::string> bert{"model.type=bert"};
  EXPECT_EQ(parse_recorded(kinds, text, "config.yaml", bert).model.own.at("segments"), "0");
}

TEST(RecordedConfig, WhatCannotRunIsRefusedStill) {
  const std::string text =
      "model: {type: gpt, layers: 1, hidden: 64, heads: 4, segments: 0}\n"
      "batch: {length: 2048}\n";
  try {
    parse_recorded(shipped_models().kinds(), text, "config.yaml");
    FAIL() << "it was read";
  } catch (const UserError& error) {
    EXPECT_STREQ(
        error.what(),
        "config.yaml:2:17: batch.length = 2048 exceeds model.context = 1024; shorten it or "
        "raise the context");
  }
}

}  // namespace
}  // namespace tessera
