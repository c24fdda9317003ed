// The collectives of partitioned graphs against tests/models/golden_partition: a change in
// communication is a diff there. TESSERA_WRITE_GOLDEN=1 writes the files anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "framework/assembly/assemble.h"
#include "framework/ops/ops.h"
#include "framework/report/traffic.h"
#include "models/model.h"
#include "tests/models/toy_configs.h"
#include "tests/places.h"

namespace tessera::testing {
namespace {

struct GoldenCase {
  const char *name, *text;
  Sets sets;
};

/// The value that this one is a view of: those have names of their own.
ValueId seen_through(const Graph& graph, ValueId v) {
  while (graph.value(v).node >= 0) {
    const Node& node = graph.node(graph.value(v).node);
    if (node.op != &ops::reshape && node.op != &ops::transpose) break;
    v = node.inputs[0];
  }
  return v;
}

/// A line for each collective: axis, kind, types, and the values by name. No numbers that a node
/// elsewhere would shift.
std::string collectives(const Graph& graph) {
  std::string out = fmt::format("graph \"{}\"\n", graph.name());
  for (const Node& node : graph.nodes()) {
    const auto exchange = exchange_of(graph, node);
    if (!exchange) continue;
    const auto side = [&](std::span<const ValueId> values) {
      std::string text;
      for (ValueId v : values)
        text +=
            fmt::format("{}{} {}", text.empty() ? "" : ", ",
                        graph.value(seen_through(graph, v)).name, to_string(graph.value(v).type));
      return text;
    };
    out += fmt::format("{}={} {}: {} <- {}\n", exchange->axis, exchange->ranks, node.op->name,
                       side(node.outputs), side(node.inputs));
  }
  return out;
}

std::string text_of(const GoldenCase& c) {
  const Config config = toy_config(c.text, {"model.vocab=64", "model.layers=1"}, c.sets);
  std::string out;
  assemble_training(
      shipped_models(), config, *config.model.vocab,
      [&](std::string_view pass, const Graph& graph) {
        if (pass == "recompute" && graph.name() != "initialize" && graph.name() != "evaluate")
          out += collectives(graph);
      });
  return out;
}

struct GoldenPartition : ::testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenPartition, SaysTheSame) {
  const std::filesystem::path file = std::filesystem::path(source_dir()) /
                                     "tests/models/golden_partition" /
                                     (std::string(GetParam().name) + ".txt");
  const std::string now = text_of(GetParam());
  if (std::getenv("TESSERA_WRITE_GOLDEN")) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << now;
  }
  std::ifstream stream(file);
  ASSERT_TRUE(stream) << file << " is missing; TESSERA_WRITE_GOLDEN=1 writes it";
  std::stringstream golden;
  golden << stream.rdbuf();
  EXPECT_EQ(now, golden.str()) << "communication has changed: write " << file
                               << " anew with TESSERA_WRITE_GOLDEN=1 and look at the diff";
}

const Sets kDp2{"mesh.dp=2"}, kTp2{"mesh.tp=2"},
    kBoth{"mesh.dp=2", "mesh.tp=2", "mesh.sequence_parallel=true"},
    kSharded{"mesh.dp=2", "data_parallel.shard=parameters"},
    kAccumulating{"mesh.dp=2", "mesh.tp=2", "data_parallel.shard=optimizer", "batch.accumulate=2"};

INSTANTIATE_TEST_SUITE_P(
    Meshes, GoldenPartition,
    ::testing::Values(GoldenCase{"gpt_dp2", kToyGpt, kDp2}, GoldenCase{"gpt_tp2", kToyGpt, kTp2},
                      GoldenCase{"gpt_dp2_tp2_sequence", kToyGpt, kBoth},
                      GoldenCase{"gpt_dp2_parameters", kToyGpt, kSharded},
                      GoldenCase{"gpt_dp2_tp2_optimizer_x2", kToyGpt, kAccumulating},
                      GoldenCase{"bert_dp2", kToyBert, kDp2},
                      GoldenCase{"bert_tp2", kToyBert, kTp2},
                      GoldenCase{"bert_dp2_tp2_sequence", kToyBert, kBoth},
                      GoldenCase{"bert_dp2_parameters", kToyBert, kSharded}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tessera::testing
