// Several sources from the command line to a trained run: what is shown, told, trained and measured,
// and that a run goes on with the same samples.
#include "framework/train/data_forecast.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

class MixtureVerbs : public ::testing::Test {
 protected:
  MixtureVerbs() {
    for (uint64_t i = 0; i < 12; ++i)
      write_file(place_.folder / ("more/" + std::to_string(i)), random_text(100 + i, 1000));
    EXPECT_EQ(program({"tokenize", place_.path("more"), "--out", place_.path("b")}).status, 0);
  }

  std::string list(const std::string& a, const std::string& b) const {
    return "data.sources=[{shards: " + place_.path("shards") + ", name: a" + a +
           "}, {shards: " + place_.path("b") + b + "}]";
  }
  std::vector<std::string> words(const std::string& verb, const std::string& mode,
                                 const std::vector<std::string>& sets) const {
    std::vector<std::string> out{verb};
    if (!mode.empty()) out.push_back(mode);
    out.insert(out.end(), {place_.path("tiny.yaml"), "--set", "data.shards="});
    for (const std::string& set : sets) out.insert(out.end(), {"--set", set});
    return out;
  }
  static std::string done(const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 0) << run.err;
    return run.out;
  }
  static std::string refused(const std::vector<std::string>& args) {
    const ProgramRun run = program(args);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  }
  std::vector<std::string> train(const std::string& run, std::vector<std::string> sets) const {
    sets.insert(sets.begin(), "data.shards=");
    return place_.train(run, sets);
  }

  Workplace place_;
};

TEST_F(MixtureVerbs, BatchesNameTheSourceOfEverySequence) {
  auto show = words("data", "show", {list(", weight: 3", ", weight: 1")});
  const std::string shown = done(show);
  size_t a = 0, b = 0;
  for (size_t at = 0; (at = shown.find("\nsample ", at)) != std::string::npos; ++at) {
    a += shown.compare(shown.find(':', at), 4, ": a ") == 0 ? 1 : 0;
    b += shown.compare(shown.find(':', at), 4, ": b ") == 0 ? 1 : 0;
  }
  EXPECT_EQ(a, 3u);
  EXPECT_EQ(b, 1u);
  expect_in(shown, {"padding: 0.0 %"});
  const std::string stats = done(words("data", "stats", {list("", ""), "data.packing=best_fit"}));
  expect_in(stats, {"a (" + place_.path("shards") + "): ", "b (" + place_.path("b") + "): ",
                    "documents   begin with 256 '<end of document>', end with none",
                    "data: 48 samples", " held out, ", " % padding"});
}

TEST_F(MixtureVerbs, RunsGoOnWithTheSameSamplesAndMeasureEachSource) {
  const std::string mixed = list(", weight: 3, until: 30 samples", ", weight: 1, validation: 20%");
  const std::string told = done(train("whole", {mixed}));
  expect_in(told, {"data: 48 samples", "the mixture changes at sample 30 (step 7)", " loss.a ",
                   " loss.b ", " bits_per_byte.b "});
  // Two halves, the second with another batch size.
  done(train("halves", {mixed, "train.steps=6 steps", "schedule.type=constant"}));
  done(train("again", {mixed, "train.steps=6 steps", "schedule.type=constant"}));
  EXPECT_EQ(place_.curve("halves"), place_.curve("again"));
  done(train("halves", {mixed, "schedule.type=constant", "train.steps=12 steps"}));
  done(train("once", {mixed, "schedule.type=constant", "train.steps=12 steps"}));
  EXPECT_EQ(place_.states("halves"), place_.states("once"));
  const std::string measured = done({"eval", place_.path("whole"), "--json"});
  const auto json = nlohmann::json::parse(measured);
  for (const char* name : {"loss", "loss.a", "loss.b", "bits_per_byte.a", "bits_per_byte.b"})
    EXPECT_TRUE(json.contains(name)) << name;
  const double low = std::min(json["loss.a"].get<double>(), json["loss.b"].get<double>());
  EXPECT_LE(low, json["loss"].get<double>());
}

TEST_F(MixtureVerbs, DataThatEndsTooEarlyIsRefusedAtTheStart) {
  expect_in(refused(train("short", {list(", epochs: 0.01", ", epochs: 0.01")})),
            {"the data ends before the training: its sources give ",
             "and train.steps = 12 steps read 48"});
  expect_in(refused(words("data", "show", {list(", until: 2 samples", ", from: 10 samples")})),
            {"samples 2 to 9 of the run have no source"});
  const std::string enough = done(train("enough", {list(", epochs: 1", ", epochs: 1")}));
  expect_in(enough, {"data: 48 samples of the "});
}

TEST_F(MixtureVerbs, SourcesOfOtherTokenizersAndMarksAreRefused) {
  const std::string text = place_.path("more");
  done({"tokenizer", "train", text, "--vocab", "280", "--out", place_.path("tok")});
  done({"tokenize", text, "--tokenizer", place_.path("tok"), "--out", place_.path("b"),
        "--overwrite"});
  expect_in(refused(words("data", "show", {list("", "")})),
            {"holds ids of the tokenizer {\"type\":\"byte\"", "of another, {"});
  done({"tokenize", text, "--out", place_.path("b"), "--overwrite", "--document-end", "#257"});
  expect_in(refused(words("data", "show", {list("", "")})),
            {"the documents are marked differently", "nothing opens a document and 257"});
  expect_in(done({"data", "stats", place_.path("b")}), {"begin with none, end with 257"});
  expect_in(refused({"tokenize", text, "--out", place_.path("c"), "--document-end", "</s>"}),
            {"--document-end: the tokenizer has no token '</s>'; write a token as"});
  expect_in(refused({"tokenize", text, "--out", place_.path("c"), "--document-end", "none"}),
            {"no token opens or closes a document; name one"});
}

TEST_F(MixtureVerbs, GenerationKnowsTheMarksOfTheRun) {
  done({"tokenize", place_.path("more"), "--out", place_.path("b"), "--overwrite", "--document-end",
        "#257"});
  done(place_.train("closed", {"data.shards=" + place_.path("b")}));
  expect_in(done({"generate", place_.path("closed"), "--prompt", "ab", "--tokens", "2"}), {"ab"});
  expect_in(refused({"generate", place_.path("closed"), "--tokens", "2"}),
            {"no token opens the documents that"});
}

TEST_F(MixtureVerbs, BertReadsMixtures) {
  const std::vector<std::string> sets{list(", weight: 1", ", weight: 1"), "model.type=bert",
                                      "model.context=32"};
  expect_in(done(train("bert", sets)), {" masked_loss.a ", " masked_accuracy.b "});
  auto show = words("data", "show", sets);
  expect_in(done(show), {": a (its sample ", ": b (its sample "});
}

}  // namespace
}  // namespace tessera
