#include "framework/config/parse.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "framework/config/print.h"
#include "models/model.h"
#include "tests/config/expect_error.h"
#include "tests/places.h"

namespace tessera {
namespace {

TEST(Parse, ReadsEveryKindOfValue) {
  const Config config = parse_config(shipped_models().kinds(), R"(
model:
  type: gpt
  layers: 3
  hidden: 0.5k   # counts take decimal suffixes
  heads: 5
  kv_heads: auto
  head_dim: 100
  positions: rotary
  dropout: 5%
  bias: false
data: {shards: "runs/a b: c", validation: 0.1}
optimizer: {lr: 3e-4}
schedule: {warmup: 1 step}
precision: {compute: bf16}
device: {isa: avx512_bf16, threads: 2, memory: 1.5 GiB, reserve: 64 MiB}
train: {steps: 20M tokens}
)",
                                     "configs/my run.yaml");
  EXPECT_EQ(config.model.type, "gpt");
  EXPECT_EQ(config.model.layers, 3);
  EXPECT_EQ(config.model.hidden, 500);
  EXPECT_FALSE(config.model.kv_heads.has_value());
  EXPECT_EQ(config.model.kv_head_count(), 5);
  EXPECT_EQ(config.model.head_dim, 100);
  EXPECT_EQ(config.model.positions, ModelConfig::Positions::rotary);
  EXPECT_EQ(config.model.dropout, 0.05);
  EXPECT_EQ(config.model.bias, ModelConfig::Bias::none);
  EXPECT_EQ(config.data.shards, "runs/a b: c");
  EXPECT_EQ(config.data.validation, 0.1);
  EXPECT_EQ(config.optimizer.lr, 3e-4);
  EXPECT_EQ(config.schedule.warmup, Duration::of_steps(1));
  EXPECT_EQ(config.precision.compute, DType::bf16);
  EXPECT_EQ(config.device.isa, Isa::avx512_bf16);
  EXPECT_EQ(config.device.threads, 2);
  EXPECT_EQ(config.device.memory, ByteSize{int64_t{3} << 29});
  EXPECT_EQ(config.train.steps, Duration::of_tokens(20'000'000));
  EXPECT_EQ(config.train.steps.steps(config.tokens_per_step()), 2442);  // 20M / 8192, rounded up
  EXPECT_EQ(config.log.folder, "runs/my run");
  EXPECT_EQ(config.checkpoint.folder, "runs/my run/checkpoints");
}

TEST(Parse, CheckpointsFollowTheLogFolder) {
  const auto folder_of = [](const std::vector<std::string>& sets) {
    return parse_config(shipped_models().kinds(), gpt(), "run.yaml", sets).checkpoint.folder;
  };
  EXPECT_EQ(folder_of({"log.folder=runs/n1"}), "runs/n1/checkpoints");
  EXPECT_EQ(folder_of({"log.folder=runs/n1/"}), "runs/n1/checkpoints");
  EXPECT_EQ(folder_of({"log.folder=runs/n1", "checkpoint.folder=auto"}), "runs/n1/checkpoints");
  EXPECT_EQ(folder_of({"log.folder=runs/n1", "checkpoint.folder=big/disk"}), "big/disk");
}

TEST(Parse, KeepsDefaults) {
  Config expected;
  expected.model.type = "gpt";
  expected.model.layers = 2;
  expected.model.hidden = 64;
  expected.model.heads = 4;
  expected.log.folder = "runs/run";
  expected.checkpoint.folder = "runs/run/checkpoints";
  EXPECT_EQ(parse_config(shipped_models().kinds(), gpt(), "run.yaml"), expected);
  EXPECT_EQ(parse_config(shipped_models().kinds(), "\xEF\xBB\xBF" + gpt("data:\n\n"), "run.yaml"),
            expected)
      << "an empty section is none";
}

TEST(Parse, SetOverridesTheFileAndTheLastWins) {
  const std::vector<std::string> sets = {"train.seed=3", "model.layers=7", "train.seed=4",
                                         "data.shards=a=b"};
  const Config config = parse_config(shipped_models().kinds(), gpt(), "run.yaml", sets);
  EXPECT_EQ(config.model.layers, 7);
  EXPECT_EQ(config.train.seed, 4);
  EXPECT_EQ(config.data.shards, "a=b");
  const std::vector<std::string> all = {"model.type=gpt", "model.layers=1", "model.hidden=8",
                                        "model.heads=1"};
  EXPECT_EQ(parse_config(shipped_models().kinds(), "", "run.yaml", all).model.hidden, 8)
      << "a config can come from --set alone";
}

TEST(Parse, SetCanRepairNothingInTheFile) {
  // A file is wrong by itself even where an override would hide it.
  const std::vector<std::string> sets = {"train.seed=3"};
  EXPECT_NE(error_of(gpt("train: {seed: x}\n"), sets).find("run.yaml:2:15: train.seed"),
            std::string::npos);
}

TEST(Parse, YamlPrintsAndParsesBackEqual) {
  Config config = parse_config(shipped_models().kinds(), bert(R"(
data: {shards: "a \"quoted\": {name} # über", mask_rate: 7%, whole_word: true, sentence_pairs: true}
schedule: {type: wsd, warmup: 1M tokens, decay: 7 steps}
optimizer: {type: sgd, momentum: 0.9}
device: {memory: 5000000001 B, isa: amx, threads: auto}
train: {steps: 3B tokens, seed: 20M}
)"),
                               "run.yaml");
  EXPECT_EQ(parse_config(shipped_models().kinds(), to_yaml(config), "other.yaml"), config);
  for (const char* text : {"",    "null", "true", "12",  "- a",  "a: b", "#x",   "'",     "\"",
                           "./~", " a ",  "...",  "---", "-1",   "é",    "a\\b", "0x1F",  "!",
                           "&a",  "*a",   "@",    "%",   "a #b", "[",    "{}",   "auto ", "1:2"}) {
    config.data.shards = text;
    EXPECT_EQ(parse_config(shipped_models().kinds(), to_yaml(config), "other.yaml"), config)
        << text;
  }
}

TEST(Parse, TableSaysWhatAutoStandsFor) {
  const std::string table =
      effective_table(parse_config(shipped_models().kinds(), gpt(), "run.yaml"));
  EXPECT_NE(table.find("\n" + std::string("optimizer      type=adamw  lr=0.0003")),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("mlp_hidden=auto(256)"), std::string::npos) << table;
  EXPECT_NE(table.find("vocab=auto "), std::string::npos) << table;
  for (size_t at = 0; at < table.size();) {
    const size_t end = table.find('\n', at);
    EXPECT_LE(end - at, 100u);
    at = end + 1;
  }
}

TEST(Parse, ShippedConfigsAreValid) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() + "/configs")) {
    SCOPED_TRACE(entry.path());
    ASSERT_EQ(entry.path().extension(), ".yaml");
    const Config config = load_config(shipped_models().kinds(), entry.path().string());
    EXPECT_EQ(parse_config(shipped_models().kinds(), to_yaml(config), "saved.yaml"), config);
    ++count;
  }
  EXPECT_GE(count, 9);
}

TEST(Parse, ShippedModelsHaveThePublishedShapes) {
  struct Shape {
    const char* name;
    int64_t layers, hidden, heads, context, vocab;
  };
  for (const Shape& s :
       {Shape{"gpt2-124m", 12, 768, 12, 1024, 50304}, Shape{"gpt2-355m", 24, 1024, 16, 1024, 50304},
        Shape{"gpt2-774m", 36, 1280, 20, 1024, 50304},
        Shape{"gpt2-1.5b", 48, 1600, 25, 1024, 50304}, Shape{"bert-base", 12, 768, 12, 512, 30592},
        Shape{"bert-large", 24, 1024, 16, 512, 30592}}) {
    const Config config =
        load_config(shipped_models().kinds(), (source_dir() + "/configs/") + s.name + ".yaml");
    EXPECT_EQ(config.model.layers, s.layers) << s.name;
    EXPECT_EQ(config.model.hidden, s.hidden) << s.name;
    EXPECT_EQ(config.model.heads, s.heads) << s.name;
    EXPECT_EQ(config.model.context, s.context) << s.name;
    EXPECT_EQ(config.model.vocab, s.vocab) << s.name;
    EXPECT_EQ(config.model.mlp_width(), 4 * s.hidden) << s.name;
  }
}

TEST(CheckConfig, SeesWhatAProgramChanged) {
  Config config = parse_config(shipped_models().kinds(), gpt(), "run.yaml");
  check_config(config);
  config.model.layers = 0;
  config.train.seed = -1;
  const std::string error = user_error_of([&] { check_config(config); });
  EXPECT_NE(error.find("model.layers: '0' is out of range; write 1 to 800"), std::string::npos)
      << error;
  EXPECT_NE(error.find("train.seed"), std::string::npos) << error;
  config = parse_config(shipped_models().kinds(), gpt(), "run.yaml");
  config.model.hidden = 65;
  EXPECT_NE(user_error_of([&] { check_config(config); }).find("not divisible"), std::string::npos);
}

}  // namespace
}  // namespace tessera
