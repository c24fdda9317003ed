// A file whose tensors carry the names of others is read by way of a table.
#include "models/outside_names.h"

#include "framework/checkpoint/renamed_source.h"
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

constexpr OutsideName kTable[] = {{"tokens", "wte.weight"},
                                  {"layer.{}.attention.q.weight", "h.{}.attn.query.weight"},
                                  {"layer.{}.norm", "h.{}.ln_1.weight"}};

TEST(OutsideNames, LayersAreCarriedOver) {
  const auto names =
      outside_names(kTable, {"tokens", "layer.0.norm", "layer.11.attention.q.weight"});
  EXPECT_EQ(names.at("tokens"), "wte.weight");
  EXPECT_EQ(names.at("layer.0.norm"), "h.0.ln_1.weight");
  EXPECT_EQ(names.at("layer.11.attention.q.weight"), "h.11.attn.query.weight");
}

TEST(OutsideNames, WhatTheTableLacksIsListed) {
  const std::string error = user_error_of([] {
    outside_names(kTable, {"tokens", "positions", "layer.x.norm", "layer..norm"});
  });
  EXPECT_EQ(error, "the table of names lacks positions, layer.x.norm, layer..norm");
}

TEST(OutsideNames, ASourceIsReadUnderOurNames) {
  TemporaryFolder folder;
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const TensorType type{DType::f32, {3, 2}};
  CheckpointWriter writer(folder.path, 4);
  writer.write(
      std::vector<PartTensor>{{"h.1.ln_1.weight", type, Box::whole(type.shape), values.data()},
                              {"other", type, Box::whole(type.shape), values.data()}});
  CheckpointReader file(commit(writer, kConfig, kRun, 1));
  RenamedSource source(file, outside_names(kTable, {"tokens", "layer.1.norm"}));
  EXPECT_EQ(source.title(), file.title());
  EXPECT_EQ(source.metadata().at("step"), "4");
  EXPECT_EQ(source.names(), std::vector<std::string>{"layer.1.norm"});
  EXPECT_FALSE(source.contains("tokens"));
  EXPECT_FALSE(source.contains("other"));
  EXPECT_EQ(source.type("layer.1.norm"), type);
  std::vector<float> row(2);
  source.read("layer.1.norm", Box{{{1, 2}, {0, 2}}}, row.data());
  EXPECT_EQ(row, (std::vector<float>{3, 4}));
  EXPECT_NE(user_error_of([&] { source.type("other"); }).find("nothing there is called 'other'"),
            std::string::npos);
  EXPECT_EQ(mismatches(source, {{"layer.1.norm", type}, {"tokens", type}}),
            (std::vector<std::string>{"'tokens' is missing, f32[3,2] is wanted"}));
  EXPECT_EQ(surplus(source, {}), std::vector<std::string>{"layer.1.norm"});
}

}  // namespace
}  // namespace tessera::testing
