// Tests that take the reference models of transformers in and out, in a folder of their own.
#pragma once

#include <string>
#include <vector>

#include "tests/launch/program.h"
#include "tests/places.h"
#include "tests/temporary_folder.h"

namespace tessera {

/// The folder of a reference model (tests/golden/families/make).
inline std::string family(const std::string& name) {
  return source_dir() + "/tests/golden/families/" + name;
}

inline constexpr const char* kGpt = "{type: gpt, layers: 1, hidden: 32, heads: 2, context: 16}";
inline constexpr const char* kLlama =
    "{type: gpt, layers: 1, hidden: 32, heads: 4, kv_heads: 2, context: 16, positions: rotary, "
    "norm: rms, activation: silu_gated, bias: false, mlp_hidden: 48, rope_scaling: linear, "
    "rope_factor: 2}";

class ReferenceModels : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Runs the program, which must do its work.
  ProgramRun good(const std::vector<std::string>& args) const {
    ProgramRun run = program(args);
    EXPECT_EQ(run.status, 0) << run.err;
    return run;
  }
  /// What the program says, which must refuse.
  std::string bad(const std::vector<std::string>& args) const {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  }

  /// A model of one update, whose tokenizer is BPE of bytes with at most 300 tokens.
  void make_run(const std::string& model) const {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "the cat sat on "[(i * 7 + i / 61) % 15];
    write_file(folder_ / "text.txt", text);
    good({"tokenizer", "train", path("text.txt"), "--vocab", "300", "--special", "<|endoftext|>",
          "--out", path("tok")});
    good({"tokenize", path("text.txt"), "--tokenizer", path("tok"), "--out", path("shards")});
    write_file(folder_ / "my.yaml",
               "model: " + model + "\ndata: {shards: " + path("shards") +
                   "}\nbatch: {sequences: 2, length: 12}\ntrain: {steps: 1 steps}\nevaluate: "
                   "{every: 0 steps}\ndevice: {threads: 1}\nlog: {folder: " +
                   path("run") + "}\n");
    good({"train", path("my.yaml"), "--peak", "1"});
  }

  TemporaryFolder folder_;
};

}  // namespace tessera
