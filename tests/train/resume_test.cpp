// A run that was stopped or killed at any moment and started again is the run that was not.
#include "framework/record/resume.h"

#include <numeric>
#include <random>

#include "framework/checkpoint/checkpoint_folder.h"
#include "models/model.h"
#include "tests/train/child.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

void expect_unbroken(const Unbroken& whole, const fs::path& folder, const ToyRun& last) {
  EXPECT_EQ(curve(folder), whole.curve);
  EXPECT_EQ(last.learner.weights, whole.weights);
}

TEST(Resume, AfterSigtermInAnyStep) {
  const Unbroken whole;
  for (int64_t stop = 0; stop < 40; ++stop) {
    TemporaryFolder folder;
    ToyRun first(toy_config(folder.path));
    first.learner.before_step = [&](int64_t index) {
      if (index == stop) ::raise(SIGTERM);
    };
    const TrainingSummary summary = first.run();
    EXPECT_EQ(summary.state.step, stop + 1);  // the step is finished
    EXPECT_EQ(summary.stop_signal, SIGTERM);
    expect_in(first.shown, {"stopped by SIGTERM", "To go on: tessera train toy.yaml"});
    ToyRun second(toy_config(folder.path));
    EXPECT_EQ(second.run().first_step, stop + 1);
    expect_in(second.shown, {"going on from"});
    expect_unbroken(whole, folder.path, second);
  }
}

TEST(Resume, AfterASignalDuringAnyEvaluation) {
  const Unbroken whole;
  for (int stop = 0; stop < 9; ++stop) {
    TemporaryFolder folder;
    ToyRun first(toy_config(folder.path));
    int evaluation = 0;
    first.learner.in_evaluation = [&] {
      if (evaluation++ == stop) ::raise(SIGINT);
    };
    first.run();
    ToyRun second(toy_config(folder.path));
    second.run();
    expect_unbroken(whole, folder.path, second);
  }
}

/// The figure that summary.json gives for the end of a run.
double end_figure(const fs::path& folder) {
  const auto json = nlohmann::json::parse(read_file(folder / "summary.json"));
  return json.at("eval_bits_per_byte_end").get<double>();
}

TEST(Resume, MakesUpForALastEvaluationThatASignalPrevented) {
  const Unbroken whole;
  for (const bool in_evaluation : {false, true}) {
    TemporaryFolder folder;
    ToyRun first(toy_config(folder.path));
    int evaluation = 0;
    first.learner.before_step = [&](int64_t index) {
      if (!in_evaluation && index == 39) ::raise(SIGTERM);
    };
    first.learner.in_evaluation = [&] {
      if (in_evaluation && evaluation++ == 8) ::raise(SIGTERM);
    };
    const TrainingSummary stopped = first.run();
    EXPECT_EQ(stopped.stop_signal, SIGTERM);
    EXPECT_EQ(stopped.state.step, 40);
    expect_in(first.shown, {"stopped by SIGTERM after step 40 of 40, before its evaluation"});
    EXPECT_EQ(first.shown.find("done"), std::string::npos);
    expect_in(read_file(folder.path / "summary.json"), {R"("finished": false)"});
    EXPECT_NE(end_figure(folder.path), end_figure(whole.folder.path));

    ToyRun second(toy_config(folder.path));
    EXPECT_EQ(second.run().stop_signal, 0);
    expect_in(second.shown, {"done: the last evaluation was all that was left"});
    expect_in(read_file(folder.path / "summary.json"), {R"("finished": true)"});
    EXPECT_EQ(end_figure(folder.path), end_figure(whole.folder.path));
    expect_unbroken(whole, folder.path, second);

    ToyRun third(toy_config(folder.path));
    third.learner.in_evaluation = [] { ADD_FAILURE() << "evaluated again"; };
    third.run();
    expect_in(third.shown, {"nothing to do"});
    expect_unbroken(whole, folder.path, third);
  }
}

TEST(Resume, SecondCtrlCEndsAtOnce) {
  TemporaryFolder folder;
  const int status = child_status([&] {
    ToyRun toy(toy_config(folder.path));
    toy.learner.before_step = [](int64_t index) {
      if (index != 5) return;
      ::raise(SIGTERM);
      ::raise(SIGTERM);  // changes nothing
      ::raise(SIGINT);
      ADD_FAILURE() << "still alive";
    };
    toy.run();
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
  ToyRun again(toy_config(folder.path));
  EXPECT_EQ(again.run().first_step, 4);
}

TEST(Resume, AfterKillAtRandomMoments) {
  const Unbroken whole({6, 13, 14});
  std::mt19937 random(20240301);
  int killed = 0;
  for (int trial = 0; trial < 4; ++trial) {
    TemporaryFolder folder;
    for (bool ended = false; !ended;) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) {
        ToyRun toy(toy_config(folder.path));
        toy.learner.nonfinite = {6, 13, 14};
        toy.learner.before_step = [](int64_t) { ::usleep(500); };
        toy.run();
        ::_exit(0);
      }
      ::usleep(std::uniform_int_distribution<useconds_t>(2'000, 25'000)(random));
      ::kill(child, SIGKILL);
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ended = WIFEXITED(status);
      ASSERT_TRUE(!ended || WEXITSTATUS(status) == 0);
      killed += !ended;
    }
    ToyRun last(toy_config(folder.path));
    last.run();  // reads the final states
    expect_unbroken(whole, folder.path, last);
  }
  EXPECT_GT(killed, 4);
}

TEST(Resume, FallsBackOverADamagedCheckpoint) {
  const Unbroken whole;
  const fs::path newest = whole.folder.path / "checkpoints" / "step-00000040";
  const fs::path part = newest / "part-00000.safetensors";
  write_byte(part, fs::file_size(part) - 3, '\x55');
  ToyRun toy(toy_config(whole.folder.path));
  EXPECT_EQ(toy.run().first_step, 36);
  expect_in(toy.shown, {"step-00000040 cannot be used", "going on from", "step-00000036"});
  expect_unbroken(whole, whole.folder.path, toy);
}

TEST(Resume, StartsNothingOverDamagedCheckpoints) {
  const Unbroken whole;
  for (const auto& entry : fs::directory_iterator(whole.folder.path / "checkpoints"))
    write_file(entry.path() / "manifest.json", "{}");
  ToyRun toy(toy_config(whole.folder.path));
  expect_in(user_error_of([&] { toy.run(); }),
            {"none that is whole", "step-00000036", "move them away"});
  EXPECT_EQ(list_checkpoints(whole.folder.path / "checkpoints").size(), 3u);
  EXPECT_EQ(curve(whole.folder.path), whole.curve);
}

TEST(Resume, RefusesAnotherModel) {
  const Unbroken whole;
  ToyRun toy(toy_config(whole.folder.path, {"model.hidden=16"}));
  expect_in(
      user_error_of([&] { toy.run(); }),
      {"step-00000040 is of another model", "model.hidden: 8 → 16", "another checkpoint.folder"});
  EXPECT_EQ(curve(whole.folder.path), whole.curve);
  EXPECT_EQ(load_config(shipped_models().kinds(), (whole.folder.path / "config.yaml").string()),
            toy_config(whole.folder.path));
}

TEST(Resume, WhatAutoStandsForIsTheSameModel) {
  const Unbroken whole;
  ToyRun toy(toy_config(whole.folder.path,
                        {"model.vocab=261", "model.head_dim=8", "model.kv_heads=1",
                         "model.mlp_hidden=32", "batch.length=8", "train.steps=41 steps"}));
  toy.options.vocab = 261;
  EXPECT_EQ(toy.run().state.step, 41);
  expect_in(toy.shown,
            {"settings changed since the checkpoint: train.steps: 40 steps → 41 steps\n"});

  ToyRun back(toy_config(whole.folder.path, {"train.steps=42 steps"}));
  back.options.vocab = 261;
  EXPECT_EQ(back.run().state.step, 42);

  ToyRun padded(toy_config(whole.folder.path, {"model.vocab=512"}));
  padded.options.vocab = 261;
  expect_in(user_error_of([&] { padded.run(); }), {"another model (model.vocab: 261 → 512)"});
}

TEST(Resume, DropoutAndInitialWeightsMakeNoOtherModel) {
  const Unbroken whole;
  ToyRun toy(toy_config(whole.folder.path, {"model.dropout=0.1", "model.attention_dropout=0.2",
                                            "model.init_std=0.01", "train.steps=41 steps"}));
  EXPECT_EQ(toy.run().state.step, 41);
  expect_in(toy.shown, {"settings changed", "model.dropout: 0 → 0.1",
                        "model.attention_dropout: 0 → 0.2", "model.init_std: 0.02 → 0.01"});
  ToyRun other(toy_config(whole.folder.path, {"model.dropout=0.3", "model.norm=rms"}));
  const std::string message = user_error_of([&] { other.run(); });
  expect_in(message, {"another model (model.norm: layer → rms)"});
}

TEST(Resume, RefusesAnotherOptimizer) {
  const Unbroken adamw;
  const auto refusal = [](const fs::path& folder, const std::vector<std::string>& sets) {
    ToyRun toy(toy_config(folder, sets));
    return user_error_of([&] { toy.run(); });
  };
  for (const std::string momentum : {"0", "0.9"})
    expect_in(refusal(adamw.folder.path, {"optimizer.type=sgd", "optimizer.momentum=" + momentum}),
              {"step-00000040 holds the moments of another optimizer (optimizer.type: adamw → sgd",
               "put it back, or choose another checkpoint.folder"});
  EXPECT_EQ(curve(adamw.folder.path), adamw.curve);

  TemporaryFolder folder;
  ToyRun(toy_config(folder.path, {"optimizer.type=sgd", "optimizer.momentum=0.9"})).run();
  expect_in(refusal(folder.path, {"optimizer.type=sgd"}),
            {"another optimizer (optimizer.momentum: 0.9 → 0)"});
  ToyRun slower(toy_config(folder.path, {"optimizer.type=sgd", "optimizer.momentum=0.8",
                                         "optimizer.lr=0.1", "train.steps=41 steps"}));
  EXPECT_EQ(slower.run().state.step, 41);
}

TEST(Resume, WarnsWhenTheHeldOutPartIsAnother) {
  const Unbroken whole;
  ToyRun toy(toy_config(whole.folder.path, {"data.validation=0.2", "train.steps=41 steps"}));
  EXPECT_EQ(toy.run().state.step, 41);
  expect_in(toy.shown, {"warning: with another data.validation (0.05 → 0.2)",
                        "no longer that of unseen text"});
  ToyRun none(toy_config(whole.folder.path,
                         {"data.validation=0", "evaluate.every=0 steps", "train.steps=42 steps"}));
  EXPECT_EQ(none.run().state.step, 42);
  EXPECT_EQ(none.shown.find("unseen"), std::string::npos);
}

TEST(Resume, GoesByTheStepThatACheckpointHolds) {
  const Unbroken whole;
  const fs::path folder = whole.folder.path / "checkpoints";
  fs::copy(folder / "step-00000036", folder / "step-00000099");
  ToyRun toy(toy_config(whole.folder.path, {"train.steps=41 steps"}));
  EXPECT_EQ(toy.run().first_step, 40);
  expect_in(toy.shown, {"step-00000099 cannot be used", "step 36", "call it step-00000036"});
}

TEST(Resume, GoesOnWithTheNextSampleAfterAChangeOfBatchSize) {
  TemporaryFolder folder;
  std::vector<int64_t> read;
  const auto run = [&](const std::vector<std::string>& sets) {
    ToyRun toy(toy_config(folder.path, sets));
    const TrainingSummary summary = toy.run();
    read.insert(read.end(), toy.learner.read.begin(), toy.learner.read.end());
    EXPECT_EQ(summary.state.samples, std::ssize(read));
    EXPECT_EQ(summary.state.tokens, summary.state.samples * toy.config.sequence_length());
  };
  run({"batch.sequences=8", "train.steps=10 steps"});
  run({"batch.sequences=6", "batch.accumulate=2", "train.steps=13 steps"});
  run({"batch.sequences=16", "train.steps=15 steps"});
  std::vector<int64_t> all(10 * 8 + 3 * 6 + 2 * 16);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(read, all);
}

TEST(Resume, TellsTheSamplesOfAnEarlierVersionsCheckpoint) {
  RunState state;
  state.step = 7;
  state.samples = 50;
  auto json = nlohmann::json::parse(to_json(state));
  json.erase("samples");
  EXPECT_EQ(parse_run_state(json.dump(), "run.json", 8).samples, 56);
}

TEST(Resume, RefusesAnotherBatchWhenLengthsAreInTokens) {
  TemporaryFolder folder;
  const std::vector<std::string> tokens{"train.steps=640 tokens", "schedule.warmup=128 tokens"};
  EXPECT_EQ(ToyRun(toy_config(folder.path, tokens)).run().state.step, 10);
  auto sets = tokens;
  sets.emplace_back("batch.sequences=16");
  ToyRun larger(toy_config(folder.path, sets));
  expect_in(user_error_of([&] { larger.run(); }),
            {"a step read 64 tokens, and it would read 128 now (batch.sequences: 8 → 16)",
             "give them in steps", "train.steps: 640 tokens (up to now 10 steps, now 5)",
             "schedule.warmup: 128 tokens (up to now 2 steps, now 1)"});
  ToyRun in_steps(toy_config(
      folder.path, {"batch.sequences=16", "train.steps=12 steps", "schedule.warmup=2 steps"}));
  EXPECT_EQ(in_steps.run().state.samples, 10 * 8 + 2 * 16);
  ToyRun accumulated(toy_config(
      folder.path, {"batch.sequences=16", "batch.accumulate=4", "train.steps=1792 tokens"}));
  EXPECT_EQ(accumulated.run().state.step, 14);  // accumulate is no change of batch size
}

TEST(Resume, RefusesAnotherConfigFileOfTheSameName) {
  TemporaryFolder folder;
  const auto run = [&](const std::string& file, const std::string& from, bool named, int steps) {
    ToyRun toy(toy_config(folder.path, {fmt::format("train.steps={} steps", steps)}));
    toy.options.origin = {file, from};
    toy.options.named_after_file = named;
    return toy.run().state.step;
  };
  EXPECT_EQ(run("e1/config.yaml", "/home/me", true, 4), 4);
  expect_in(user_error_of([&] { run("e2/config.yaml", "/home/me", true, 8); }),
            {"is the run of e1/config.yaml, and e2/config.yaml has the same name",
             "a folder of its own", "go on with --set log.folder="});
  EXPECT_EQ(run("e1/config.yaml", "/home/me", true, 5), 5);
  EXPECT_EQ(run("e1/config.yaml", "/mnt/me", true, 6), 6);  // moved as a whole
  EXPECT_EQ(run("me/e1/config.yaml", "/mnt", true, 7), 7);  // the same file from elsewhere
  EXPECT_EQ(run("e2/config.yaml", "/home/me", false, 8), 8);
}

TEST(Resume, SettingsOfAFinishedRunStay) {
  const Unbroken whole;
  const auto record = [&] {
    return read_file(whole.folder.path / "config.yaml") +
           read_file(whole.folder.path / "header.txt") +
           read_file(whole.folder.path / "summary.json");
  };
  const std::string before = record();
  const auto run = [&](const std::vector<std::string>& sets) {
    return ToyRun(toy_config(whole.folder.path, sets)).run().first_step;
  };
  for (const std::string set : {"train.seed=2", "optimizer.lr=0.1", "train.steps=30 steps",
                                "evaluate.every=4 steps", "log.every=1 steps"}) {
    expect_in(user_error_of([&] { run({set}); }),
              {"is finished: it is at step 40, and train.steps is", set.substr(0, set.find('=')),
               "from the beginning, give them a folder of their own", "more than 40 steps"});
    EXPECT_EQ(record(), before) << set;
  }
  EXPECT_EQ(run({"train.steps=2560 tokens", "device.threads=3", "data.shards=b"}), 40);
  EXPECT_EQ(record(), before);
  fs::remove(whole.folder.path / "config.yaml");
  EXPECT_EQ(run({}), 40);
  EXPECT_EQ(record(), before);
  EXPECT_EQ(curve(whole.folder.path), whole.curve);
}

TEST(Resume, RefusesOtherData) {
  const Unbroken whole;
  ToyRun other(toy_config(whole.folder.path, {"data.shards=b"}));
  other.options.data = "320 tokens in 3 documents, checksum fedcba9876543210";
  expect_in(user_error_of([&] { other.run(); }),
            {"step-00000040 was trained on other data", "checksum 0123456789abcdef, and b holds",
             "checksum fedcba9876543210", "restore it", "another checkpoint.folder"});
  EXPECT_EQ(curve(whole.folder.path), whole.curve);

  ToyRun moved(toy_config(whole.folder.path, {"data.shards=c", "train.steps=41 steps"}));
  EXPECT_EQ(moved.run().state.step, 41);
  expect_in(moved.shown, {"data.shards: ", "→ c", "data: 320 tokens in 3 documents"});
}

TEST(Resume, TellsThatTheMachineChanged) {
  const Unbroken whole;
  ToyRun toy(toy_config(whole.folder.path));
  toy.options.environment = {{"isa", "amx"}, {"threads", "2"}};
  toy.run();
  expect_in(toy.shown, {"the machine has changed since (isa: avx2 → amx)"});
}

TEST(Resume, RunStateSurvivesItsText) {
  RunState state;
  state.step = 7;
  state.samples = 91;
  state.tokens = int64_t{1} << 60;
  state.skipped = 2;
  state.seconds = 0.1;
  state.evaluated = true;
  state.last_evaluation =
      Evaluation{std::numeric_limits<double>::infinity(), {{"bits_per_byte", 0.3}}};
  state.environment = {{"isa", "amx"}};
  state.data = "320 tokens";
  state.origin = {"configs/caf\xe9.yaml", "/home/me"};
  state.unwritten_metrics = {R"({"step":7,"loss":"nan"})", "two"};
  const RunState back = parse_run_state(to_json(state), "run.json", 8);
  EXPECT_EQ(to_json(back), to_json(state));
  EXPECT_EQ(back.samples, 91);
  EXPECT_EQ(back.data, "320 tokens");
  EXPECT_EQ(back.origin.config_file, "configs/caf\uFFFD.yaml");  // a text is UTF-8
  EXPECT_EQ(back.origin.working_folder, "/home/me");
  EXPECT_EQ(back.unwritten_metrics, state.unwritten_metrics);
  EXPECT_EQ(back.tokens, state.tokens);
  EXPECT_FALSE(back.first_evaluation);
  EXPECT_TRUE(std::isinf(back.last_evaluation->loss));
  for (const char* text : {"", "[]", "{}", R"({"step": "x"})"})
    expect_in(user_error_of([&] { parse_run_state(text, "run.json", 8); }), {"run.json: not the"});
}

TEST(Resume, RunStateHoldsItsNumbersToTheirRange) {
  RunState state;
  state.step = 100;
  state.samples = 800;
  const auto original = nlohmann::ordered_json::parse(to_json(state));
  using Json = nlohmann::ordered_json;
  const auto refusal = [&](const char* key, const Json& value) {
    Json json = original;
    json[key] = value;
    return user_error_of([&] { parse_run_state(json.dump(), "run.json", 8); });
  };
  for (const char* key : {"step", "samples", "tokens", "skipped", "skipped_in_a_row", "seconds"})
    expect_in(refusal(key, -1),
              {"run.json: not the run.json of a training run", key, "is out of range"});
  expect_in(refusal("skipped", 101), {"skipped: 101 is out of range: at most 100"});
  expect_in(refusal("skipped_in_a_row", 1), {"skipped_in_a_row: 1 is out of range: at most 0"});
  expect_in(refusal("tokens", uint64_t{1} << 63), {"tokens", "out of range"});
  expect_in(refusal("step", 0.5), {"step", "an integer is expected"});
  Json json = original;  // all consistent, and too many to remember
  json["step"] = json["skipped"] = json["skipped_in_a_row"] = 1'000'000'000;
  expect_in(user_error_of([&] { parse_run_state(json.dump(), "run.json", 8); }),
            {"skipped_in_a_row: 1000000000 is out of range"});
  const std::string lists = std::string(200'000, '[') + std::string(200'000, ']');
  std::string text = original.dump();
  text.insert(1, "\"other\":" + lists + ",");
  expect_in(user_error_of([&] { parse_run_state(text, "run.json", 8); }), {"nested deeper"});
}

}  // namespace
}  // namespace tessera::testing
