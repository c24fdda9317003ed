// What a user with a wrong config meets: the whole message, for each kind of mistake.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "framework/config/parse.h"
#include "models/model.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

struct Mistake {
  const char* name;
  std::string text;
  std::string error;
  std::vector<std::string> sets = {};
};

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreNamedWithPlaceAndCure) {
  EXPECT_EQ(error_of(GetParam().text, GetParam().sets), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, Mistakes,
    ::testing::Values(
        Mistake{"unknown_key", gpt("train:\n  sed: 7\n"),
                "run.yaml:3:3: unknown key 'sed' in train; did you mean seed?"},
        Mistake{"unknown_key_nothing_near", gpt("log:\n  verbosity: 7\n"),
                "run.yaml:3:3: unknown key 'verbosity' in log; its keys are folder, every, "
                "tensorboard"},
        Mistake{"key_of_another_section", gpt("train: {lr: 1}\n"),
                "run.yaml:2:9: unknown key 'lr' in train; did you mean optimizer.lr?"},
        Mistake{"unknown_section", gpt("trian: {seed: 7}\n"),
                "run.yaml:2:1: unknown section 'trian'; did you mean train?"},
        Mistake{"key_without_section", gpt("lr: 1\n"),
                "run.yaml:2:1: unknown section 'lr'; did you mean optimizer.lr?"},
        Mistake{"dotted_key", gpt("train.seed: 7\n"),
                "run.yaml:2:1: 'train.seed' must stand inside its section; write 'train:' and "
                "indented below it 'seed: …'"},
        Mistake{"section_is_a_value", gpt("train: 7\n"),
                "run.yaml:2:8: train is a section; write its keys indented below it, such as "
                "'steps: 1000 steps'"},
        Mistake{"section_is_a_list", gpt("train:\n  - seed: 7\n"),
                "run.yaml:3:3: train is a section; write its keys indented below it, such as "
                "'steps: 1000 steps'"},
        Mistake{"key_twice", gpt("train:\n  seed: 7\n  seed: 8\n"),
                "run.yaml:4:3: 'train.seed' stands twice, first in line 3; remove one of them"},
        Mistake{"section_twice", gpt("train: {seed: 7}\ntrain: {seed: 7}\n"),
                "run.yaml:3:1: 'train' stands twice, first in line 2; remove one of them"},
        Mistake{"list_as_key", gpt("? [a]\n: b\n"), "run.yaml:2:3: a key must be a plain name"},
        Mistake{"no_value", gpt("train:\n  seed:\n"),
                "run.yaml:3:3: train.seed: has no value; write one such as 1, or remove the line"},
        Mistake{"missing", "model:\n  type: gpt\n  heads: 2\n",
                "run.yaml:1:1: model.layers, model.hidden must be stated; write such as 'model: "
                "{layers: 12, hidden: 768}'"},
        Mistake{"missing_section", "train: {seed: 7}\n",
                "run.yaml: model.type, model.layers, model.hidden, model.heads must be stated; "
                "write such as 'model: "
                "{type: gpt, layers: 12, hidden: 768, heads: 12}'"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Values, Mistakes,
    ::testing::Values(
        Mistake{"not_an_integer", gpt("train: {seed: seven}\n"),
                "run.yaml:2:15: train.seed: 'seven' is not an integer; write a whole number such "
                "as 12 or 20M (0 to "
                "1000000000000000)"},
        Mistake{"half_an_integer", gpt("batch: {sequences: 1.5}\n"),
                "run.yaml:2:20: batch.sequences: '1.5' is not an integer; write a whole number "
                "such as 12 or 20M (1 to "
                "16777216)"},
        Mistake{"out_of_range", gpt("batch: {sequences: 0}\n"),
                "run.yaml:2:20: batch.sequences: '0' is out of range; write 1 to 16777216"},
        Mistake{"auto_or_integer", gpt("batch: {length: -3}\n"),
                "run.yaml:2:17: batch.length: '-3' is out of range; write 1 to 16777216, or auto"},
        Mistake{"overflow", gpt("train: {seed: 99999999999999999999}\n"),
                "run.yaml:2:15: train.seed: '99999999999999999999' is out of range; write 0 to "
                "1000000000000000"},
        Mistake{
            "quoted_number", gpt("train: {seed: \"7\"}\n"),
            "run.yaml:2:15: train.seed: '7' is quoted text, not a value; write it without quotes"},
        Mistake{
            "list_for_value", gpt("train: {seed: [7]}\n"),
            "run.yaml:2:15: train.seed: expected integer, found a list; write one value such as 1"},
        Mistake{"map_for_value", gpt("train:\n  steps:\n    tokens: 20M\n"),
                "run.yaml:4:5: train.steps: expected duration, found a map; write one value such "
                "as 1000 steps"},
        Mistake{"not_a_number", gpt("optimizer: {lr: .nan}\n"),
                "run.yaml:2:17: optimizer.lr: '.nan' is not a number; write it such as 0.1 or 3e-4 "
                "(above 0, at most 1000)"},
        Mistake{"zero_rate", gpt("optimizer: {lr: 0}\n"),
                "run.yaml:2:17: optimizer.lr: '0' is out of range; write above 0, at most 1000"},
        Mistake{"percent_of_a_rate", gpt("optimizer: {lr: 5%}\n"),
                "run.yaml:2:17: optimizer.lr: '5%' is not a number; write it such as 0.1 or 3e-4 "
                "(above 0, at most 1000)"},
        Mistake{"fraction", gpt("data: {validation: 5 percent}\n"),
                "run.yaml:2:20: data.validation: '5 percent' is not a fraction; write a part such "
                "as 5% or 0.05 (0 to 0.9)"},
        Mistake{"fraction_too_large", gpt("data: {validation: 5}\n"),
                "run.yaml:2:20: data.validation: '5' is out of range; write 0 to 0.9"},
        Mistake{
            "yes", gpt("log: {tensorboard: yes}\n"),
            "run.yaml:2:20: log.tensorboard: 'yes' is neither true nor false; write one of them"},
        Mistake{
            "choice", gpt("optimizer: {type: adam}\n"),
            "run.yaml:2:19: optimizer.type: 'adam' is not one of adamw, sgd; did you mean adamw?"},
        Mistake{"choice_or_auto", gpt("device: {isa: neon}\n"),
                "run.yaml:2:15: device.isa: 'neon' is not one of auto, sse41, avx2, avx512, "
                "avx512_bf16, amx; write one of these"},
        Mistake{"bare_duration", gpt("train: {steps: 500}\n"),
                "run.yaml:2:16: train.steps: '500' has no unit; write '500 steps' or '500 tokens'"},
        Mistake{"duration", gpt("train: {steps: 2 epochs}\n"),
                "run.yaml:2:16: train.steps: '2 epochs' is not a duration; write it such as '500 "
                "steps' or '20M tokens'"},
        Mistake{"no_steps", gpt("train: {steps: 0 steps}\n"),
                "run.yaml:2:16: train.steps: '0 steps' is out of range; write it such as '500 "
                "steps' or '20M tokens' (at "
                "least 1)"},
        Mistake{"negative_duration", gpt("schedule: {warmup: -1 steps}\n"),
                "run.yaml:2:20: schedule.warmup: '-1 steps' is out of range; write it such as '500 "
                "steps' or '20M tokens'"},
        Mistake{"bare_size", gpt("device: {reserve: 8}\n"),
                "run.yaml:2:19: device.reserve: '8' has no unit of bytes; write it such as '8 GiB' "
                "or '500 MiB'"},
        Mistake{"size", gpt("device: {reserve: 8 gigs}\n"),
                "run.yaml:2:19: device.reserve: '8 gigs' is not a size; write it such as '8 GiB' "
                "or '500 MiB'"},
        Mistake{"control_character", gpt("data: {shards: \"a\\x01b\"}\n"),
                "run.yaml:2:16: data.shards: 'a?b' holds a control character or bytes that are not "
                "UTF-8; write plain text"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Sets, Mistakes,
    ::testing::Values(
        Mistake{"no_equals",
                gpt(),
                "--set 'train.seed': is no override; write section.key=value, such as train.seed=7",
                {"train.seed"}},
        Mistake{"no_section",
                gpt(),
                "--set 'seed=7': a key is section.key; did you mean train.seed?",
                {"seed=7"}},
        Mistake{"only_section",
                gpt(),
                "--set 'train=7': a key is section.key; did you mean train.steps?",
                {"train=7"}},
        Mistake{"unknown_section",
                gpt(),
                "--set 'trian.seed=7': unknown section 'trian'; did you mean train?",
                {"trian.seed=7"}},
        Mistake{"unknown_key",
                gpt(),
                "--set 'train.sed=7': unknown key 'sed' in train; did you mean seed?",
                {"train.sed=7"}},
        Mistake{"value",
                gpt(),
                "--set train.steps: '7' has no unit; write '7 steps' or '7 tokens'",
                {"train.steps=7"}},
        Mistake{"clash",
                gpt(),
                "--set model.hidden: model.hidden = 66 is not divisible by model.heads = 4; change "
                "one of them, or state "
                "model.head_dim",
                {"model.hidden=66"}},
        Mistake{"not_utf8",
                gpt(),
                "--set data.shards: 'a?' holds a control character or bytes that are not UTF-8; "
                "write plain text",
                {"data.shards=a\xff"}}),
    [](const auto& info) { return info.param.name; });

TEST(Errors, AllAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(error_of("train:\n  steps: 500\n  sed: x\nmodle:\n  type: gpt\n  layers: 0\n  heads: "
                     "3\n  hidden: 64\n"
                     "data:\n  whole_word: true\n",
                     {"log.every=2"}),
            "8 problems in the configuration:\n"
            "  run.yaml:2:10: train.steps: '500' has no unit; write '500 steps' or '500 tokens'\n"
            "  run.yaml:3:3: unknown key 'sed' in train; did you mean seed?\n"
            "  run.yaml:3:8: train.seed: 'x' is not an integer; write a whole number such as 12 or "
            "20M (0 to "
            "1000000000000000)\n"
            "  run.yaml:4:1: unknown section 'modle'; did you mean model?\n"
            "  run.yaml:6:11: model.layers: '0' is out of range; write 1 to 800\n"
            "  run.yaml:8:11: model.hidden = 64 is not divisible by model.heads = 3; change one of "
            "them, or state "
            "model.head_dim\n"
            "  run.yaml:10:15: data.whole_word = true has no effect with model.type: gpt; remove "
            "it (the default is false)\n"
            "  --set log.every: '2' has no unit; write '2 steps' or '2 tokens'");
}

/// A run whose config became wrong is told so in its folder.
TEST(Errors, KnowTheRunsFolder) {
  const auto folder = [](const std::string& rest, const std::vector<std::string>& sets) {
    try {
      parse_config(shipped_models().kinds(),
                   "model: {type: gpt, layers: 0, hidden: 64, heads: 4}\n" + rest, "a/name.yaml",
                   sets);
    } catch (const ConfigError& error) {
      return error.log_folder;
    }
    return std::string("no error");
  };
  EXPECT_EQ(folder("", {}), "runs/name");
  EXPECT_EQ(folder("log: {folder: here}\n", {}), "here");
  EXPECT_EQ(folder("log: {folder: here}\n", {"log.folder=there"}), "there");
  EXPECT_EQ(folder("log: {folder: [a]}\n", {}), "");
}

TEST(Errors, OfFiles) {
  EXPECT_EQ(user_error_of([] { load_config(shipped_models().kinds(), "/nowhere/run.yaml"); }),
            "/nowhere/run.yaml: no such config file");
  const std::string folder = ::testing::TempDir();
  EXPECT_NE(
      user_error_of([&] { load_config(shipped_models().kinds(), folder); }).find("not a file"),
      std::string::npos);
  const std::string large = folder + "/large_config.yaml";
  std::ofstream(large) << std::string(2 << 20, '#');
  EXPECT_NE(user_error_of([&] {
              load_config(shipped_models().kinds(), large);
            }).find("is it the right file?"),
            std::string::npos);
  std::filesystem::remove(large);
}

}  // namespace
}  // namespace tessera
