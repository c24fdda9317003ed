// `tessera plan` on models that are there already: of other programs, runs and checkpoints.
#include "tests/launch/reference_models.h"

namespace tessera {
namespace {

using PlanSource = ReferenceModels;

TEST_F(PlanSource, AModelOfAnotherProgramIsARunThatBeginsWithIt) {
  const ProgramRun run = good({"plan", family("gpt2")});
  for (const std::string& part :
       {"supposed config: a run that begins with " + family("gpt2") + ", and otherwise as usual",
        std::string("layers=2  hidden=20"), std::string("length=24"),
        std::string("11980 parameters"), std::string("model FLOPs of one update"),
        std::string("fits: "), std::string("exports to GPT2LMHeadModel of transformers")})
    expect_contains(run.out, part);
  // 67 rows of tokens are padded to what two ranks share.
  expect_contains(
      good({"plan", family("gpt2"), "--mesh", "tp=2", "--set", "model.attention_dropout=0"}).out,
      "vocab=68");
  expect_contains(good({"plan", family("gpt2"), "--set", "model.context=9"}).out, "length=9");
  expect_contains(bad({"plan", family("gpt2"), "--set", "model.layers=3"}),
                  "model.layers is 3 here, and 2 there");
  expect_contains(bad({"plan", family("gpt2"), "--memory", "64KiB"}), "this run does not fit");
}

TEST_F(PlanSource, AnEncoderKeepsItsTaskOrGetsOne) {
  const ProgramRun kept = good({"plan", family("distilbert-classifier")});
  expect_contains(kept.out, "type=classify");
  expect_contains(kept.out, "labels=[bad, so so, good]");
  expect_contains(kept.out, "exports to DistilBertForSequenceClassification of transformers");
  expect_contains(good({"plan", family("bert")}).out, "labels=[a, b]");
  expect_contains(good({"plan", family("bert-pretraining")}).out, "next_sentence=true");
  expect_contains(bad({"plan", family("bert"), "--set", "task.type=pretrain"}),
                  "this model has no head to train");
}

TEST_F(PlanSource, ARunAndItsCheckpointHaveTheirConfigs) {
  make_run(kLlama);
  const ProgramRun gguf = [&] {
    good({"export", path("run"), "--as", "gguf", "--out", path("my.gguf")});
    return good({"plan", path("my.gguf")});
  }();
  expect_contains(gguf.out, "rope_scaling=linear");
  const std::string checkpoint = path("run/checkpoints/step-00000001");
  const auto behind = [](const std::string& text) { return text.substr(text.find('\n')); };
  const ProgramRun run = good({"plan", path("run")}), kept = good({"plan", checkpoint});
  expect_contains(run.out, "supposed config: that of the run, " + path("run/config.yaml"));
  expect_contains(kept.out, "supposed config: that of the checkpoint " + checkpoint);
  expect_contains(run.out, "sequences=2");
  EXPECT_EQ(behind(run.out), behind(kept.out));
  EXPECT_EQ(behind(good({"plan", path("run/checkpoints")}).out), behind(kept.out));
  expect_contains(good({"plan", checkpoint, "--mesh", "dp=2"}).out, "the mesh dp=2");
  // The checkpoint knows its tokenizer where the text is gone; and a run that has not saved yet is
  // planned from its config.
  fs::remove_all(folder_ / "shards");
  expect_contains(good({"plan", checkpoint}).out, "fits: ");
  fs::remove_all(folder_ / "run/checkpoints");
  expect_contains(good({"plan", path("run"), "--set", "model.vocab=300"}).out, "fits: ");
  expect_contains(bad({"plan", path("nothing")}), "there is no config, run, checkpoint or model");
}

}  // namespace
}  // namespace tessera
