// Fine-tuning a classifier as a user meets it: `new classify` writes a config, which trains as it
// is; the run is evaluated, tells labels of new texts, and goes on.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/core/random.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

/// A model that was trained a little, and 120 reviews, which one word tells apart.
struct Reviews {
  TemporaryFolder folder;

  /// With `words` tokens are pieces of words, otherwise bytes.
  explicit Reviews(bool words = false) {
    for (uint64_t i = 0; i < 8; ++i)
      write_file(folder / ("text/" + std::to_string(i)), random_text(i, 2000));
    std::vector<std::string> tokenize{"tokenize", path("text"), "--out", path("shards")};
    if (words) {
      EXPECT_EQ(program({"tokenizer", "train", path("text"), "--type", "wordpiece", "--vocab",
                         "100", "--out", path("tok")})
                    .status,
                0);
      tokenize.insert(tokenize.end(), {"--tokenizer", path("tok")});
    }
    EXPECT_EQ(program(tokenize).status, 0);
    write_file(folder / "bert.yaml",
               "model: {type: bert, layers: 1, hidden: 32, heads: 2, context: 48, init_std: 0.1}\n"
               "batch: {sequences: 4}\ntrain: {steps: 2 steps}\nevaluate: {every: 0 steps}\n"
               "device: {threads: 1}\ndata: {shards: " +
                   path("shards") + "}\n");
    const ProgramRun run = program(
        {"train", path("bert.yaml"), "--peak", "100", "--set", "log.folder=" + path("runs/bert")});
    EXPECT_EQ(run.status, 0) << run.err;
    const Random random(4, "reviews");
    std::string rows = "id\ttext\tlabel\n";
    for (uint64_t i = 0; i < 120; ++i) {
      const bool good = random.below(2, i, 0) == 1;
      rows += fmt::format("{}\tIt was {} {}\t{}\n", i, good ? "A" : "Z",
                          std::string(5 + random.below(20, i, 1), 'o'), good ? "liked" : "not");
    }
    write_file(folder / "reviews.tsv", rows);
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  ProgramRun make(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{
        "new",   "classify",          "--from", path("runs/bert"), path("reviews.tsv"),
        "--out", path("reviews.yaml")};
    words.insert(words.end(), more.begin(), more.end());
    return program(words);
  }
  ProgramRun train(const std::string& run, const std::vector<std::string>& sets = {}) const {
    std::vector<std::string> words{"train", path("reviews.yaml"), "--peak", "100"};
    for (const std::string& set : {"log.folder=" + path(run), std::string("device.threads=1")})
      words.insert(words.end(), {"--set", set});
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return program(words);
  }
};

/// What `eval` says of the labelled reviews follows from what `predict` tells of each.
void expect_same_figures(const Reviews& place, const std::string& source) {
  const ProgramRun told =
      program({"predict", place.path(source), place.path("reviews.tsv"), "--json"});
  ASSERT_EQ(told.status, 0) << told.err;
  const ProgramRun run = program({"eval", place.path(source), place.path("reviews.tsv"), "--json"});
  ASSERT_EQ(run.status, 0) << run.err;
  const auto figures = nlohmann::json::parse(run.out);
  std::istringstream lines(told.out), rows(read_file(place.folder / "reviews.tsv"));
  std::string row;
  std::getline(rows, row);
  double loss = 0, right = 0, count = 0;
  for (std::string line; std::getline(lines, line) && std::getline(rows, row); ++count) {
    const auto json = nlohmann::json::parse(line);
    const std::string label = row.substr(row.rfind('\t') + 1);
    loss -= std::log(json.at("probabilities").at(label).get<double>());
    right += json.at("label") == label ? 1 : 0;
  }
  EXPECT_EQ(figures.at("examples"), count);
  EXPECT_EQ(figures.at("cut"), 0);
  EXPECT_NEAR(figures.at("loss").get<double>(), loss / count, 1e-6);
  EXPECT_NEAR(figures.at("accuracy").get<double>(), right / count, 1e-12);
  for (const char* figure : {"macro_f1", "micro_f1", "matthews"})
    expect_in(told.err, {fmt::format("{} {:.4f}", figure, figures.at(figure).get<double>())});
}

TEST(Classify, FromAModelAndATableToLabels) {
  const Reviews place;
  const ProgramRun made = place.make();
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string yaml = read_file(place.folder / "reviews.yaml");
  expect_in(yaml, {"type: classify", "labels: [liked, not]  # ", "max_length: 40", "text: text",
                   "columns found: id (", "keep: best", "metric: accuracy",
                   "# memory: ", "3 epochs", "from: " + place.path("runs/bert")});

  const ProgramRun shown = program(
      {"data", "show", place.path("reviews.yaml"), "--set", "log.folder=" + place.path("none")});
  ASSERT_EQ(shown.status, 0) << shown.err;
  expect_in(shown.out, {"examples, hash ", "sample 0: label ", ", weight 1\n    <<cls>>It was ",
                        "ooo<<sep>>\n"});

  const ProgramRun trained = place.train("runs/plain");
  ASSERT_EQ(trained.status, 0) << trained.err;
  expect_in(trained.out,
            {"new, with first values as drawn: classifier.bias, classifier.weight, pooler.bias, "
             "pooler.weight",
             "not taken from there: mlm.bias", "examples to train on, ", "validation loss",
             "accuracy", "macro_f1", "micro_f1", "matthews", "best: accuracy"});

  const ProgramRun good = place.train(
      "runs/good", {"optimizer.lr=1e-2", "train.steps=60 steps", "schedule.warmup=2 steps",
                    "evaluate.every=20 steps", "evaluate.patience=0"});
  ASSERT_EQ(good.status, 0) << good.err;
  const auto summary = nlohmann::json::parse(read_file(place.folder / "runs/good/summary.json"));
  EXPECT_EQ(summary.at("best_accuracy"), 1.0) << good.out;

  const std::string best = summary.at("best_checkpoint");
  const ProgramRun eval = program({"eval", place.path("runs/good"), "--json"});
  ASSERT_EQ(eval.status, 0) << eval.err;
  EXPECT_EQ(nlohmann::json::parse(eval.out).at("checkpoint"), best);
  EXPECT_EQ(nlohmann::json::parse(eval.out).at("accuracy"), 1.0);

  write_file(place.folder / "new.jsonl",
             "{\"text\": \"It was A ooo\"}\n{\"text\": \"It was Z ooo\"}\n");
  const ProgramRun told = program({"predict", place.path("runs/good"), place.path("new.jsonl")});
  ASSERT_EQ(told.status, 0) << told.err;
  EXPECT_TRUE(told.out.starts_with("label\tprobability\tliked\tnot\nliked\t0.")) << told.out;
  EXPECT_NE(told.out.find("\nnot\t0."), std::string::npos) << told.out;
  const ProgramRun json = program({"predict", place.path("runs/good"), place.path("reviews.tsv"),
                                   "--json", "--out", place.path("told.jsonl")});
  ASSERT_EQ(json.status, 0) << json.err;
  EXPECT_EQ(json.out, "");
  expect_in(json.err, {"against the file's labels: accuracy 1.0000  macro_f1 1.0000"});
  std::istringstream lines(read_file(place.folder / "told.jsonl"));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto row = nlohmann::json::parse(line);
    const double sum = row.at("probabilities").at("liked").get<double>() +
                       row.at("probabilities").at("not").get<double>();
    EXPECT_NEAR(sum, 1, 1e-5);
    EXPECT_EQ(row.at("probability"),
              row.at("probabilities").at(row.at("label").get<std::string>()));
  }
  EXPECT_EQ(count, 120);
  expect_same_figures(place, "runs/plain");

  const ProgramRun again = place.train("runs/plain");
  EXPECT_EQ(again.status, 0) << again.err;
  expect_in(again.out, {"going on from", "nothing to do"});
}

TEST(Classify, SaysWhatIsWrong) {
  const Reviews place;
  const auto expect = [](const ProgramRun& run, const std::vector<std::string>& parts) {
    EXPECT_EQ(run.status, 2);
    expect_in(run.err, parts);
  };
  expect(place.make({"--label", "stars"}), {"--label: ", "has no column 'stars'; it has: id ("});
  expect(place.make({"--text", "body"}), {"--text: ", "has no column 'body'"});
  expect(place.make({"--label", "id"}), {"reviews.tsv", "labels are a few short names"});
  expect(program({"new", "regress", "--from", place.path("runs/bert"), place.path("reviews.tsv")}),
         {"there is no task 'regress'; known: classify"});
  expect(program({"new", "classify", place.path("reviews.tsv")}), {"--from is missing"});
  ASSERT_EQ(place.make().status, 0);
  expect(place.make(), {"exists; name another file, or replace it with --overwrite"});
  expect(place.train("runs/a", {"evaluate.metric=f1"}),
         {"there is no figure 'f1'; there are: loss, accuracy, macro_f1, micro_f1, matthews"});
  expect(place.train("runs/b", {"task.label=mark"}),
         {"reviews.tsv: there is no column 'mark'; there are: id, text, label"});
  expect(place.train("runs/c", {"task.labels=[liked, hated]"}),
         {"the label 'not' is not known; known: liked, hated"});
  expect(place.train("runs/d", {"init.from="}), {"there is no tokenizer to read", "init: {from: "});
  expect(place.train("runs/e", {"model.layers=2"}), {"'layer.1.attention.q.weight' is missing"});
  expect(place.train("runs/f", {"tune.freeze=layer.3"}), {"'layer.3' names no parameter"});
  expect(program({"predict", place.path("runs/bert"), place.path("reviews.tsv")}),
         {"tells no labels: it was trained with task.type: pretrain"});
  ASSERT_EQ(place.train("runs/g", {"train.steps=2 steps"}).status, 0);
  expect(place.train("runs/g", {"task.pooling=mean"}),
         {"is of another task (task.pooling: auto → mean)"});
  write_file(place.folder / "other.csv", "id,body\n1,x\n");
  expect(program({"predict", place.path("runs/g"), place.path("other.csv")}),
         {"other.csv: there is no column 'text'; there are: id, body"});
  expect(program({"eval", place.path("runs/g"), place.path("other.csv")}),
         {"other.csv: there is no column 'text'; there are: id, body"});
  write_file(place.folder / "unlabelled.csv", "text\nx\n");
  expect(program({"eval", place.path("runs/g"), place.path("unlabelled.csv")}),
         {"unlabelled.csv: there is no column 'label'; there are: text"});
  expect(program({"eval", place.path("runs/g"), place.path("reviews.tsv"), "--stride", "3"}),
         {"--stride goes with a model that reads text; ", " tells labels, and FILE is a table"});
  write_file(place.folder / "none.csv", "text\n");
  expect(program({"predict", place.path("runs/g"), place.path("none.csv")}),
         {"none.csv: has no row below its header"});
  write_file(place.folder / "reviews.tsv",
             read_file(place.folder / "reviews.tsv") + "120\tmore\tliked\n");
  expect(place.train("runs/g"), {"was trained on other data: "});
}

/// Files that are no tables, or tables of too little, are refused with what to change.
TEST(Classify, LooksAtTheDataFirst) {
  const Reviews place;
  const auto make = [&](const std::string& name, const std::string& text,
                        const std::vector<std::string>& more = {}) {
    write_file(place.folder / name, text);
    std::vector<std::string> words{"new",
                                   "classify",
                                   "--from",
                                   place.path("runs/bert"),
                                   place.path(name),
                                   "--out",
                                   place.path("made.yaml"),
                                   "--overwrite"};
    words.insert(words.end(), more.begin(), more.end());
    return program(words);
  };
  const auto said = [&](const std::string& name, const std::string& text,
                        const std::vector<std::string>& more = {}) {
    const ProgramRun run = make(name, text, more);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  };
  const std::string four = "text\tlabel\na\tx\na\ty\na\tx\na\ty\n";
  expect_in(said("four.tsv", four), {"4 examples cannot be split", "--validation"});
  expect_in(said("a.tsv", "text,label\na,x\nb,y\n"),
            {"a.tsv: ", "the header holds commas and no tab: if this is CSV, call it .csv"});
  expect_in(said("a.csv", "text\tlabel\na\tx\nb\ty\n"),
            {"a.csv: ", "the header holds tabs and no comma: if this is TSV, call it .tsv"});
  expect_in(said("b.csv", "text;label\na;x\nb;y\n", {"--label", "label"}),
            {"b.csv", "the header holds semicolons and no comma: write commas between fields"});
  std::string headless;
  for (int i = 0; i < 20; ++i) headless += fmt::format("some text {}\t{}\n", i, i % 2);
  expect_in(said("headless.tsv", headless),
            {"the first line names the columns, and '0' is also a label: is it an example?"});

  write_file(place.folder / "other.tsv", "text\tlabel\nc\tx\nd\tz\n");
  expect_in(said("four.tsv", four, {"--validation", place.path("other.tsv")}),
            {"other.tsv has the label 'z', of which the file to train on has no example"});
  write_file(place.folder / "other.tsv", "text\tlabel\nc\tx\nd\ty\n");
  const ProgramRun good = make("four.tsv", four, {"--validation", place.path("other.tsv")});
  EXPECT_EQ(good.status, 0) << good.err;
  expect_in(good.out, {"validation_file: " + place.path("other.tsv")});
  std::string few = "text\tlabel\n";
  for (int i = 0; i < 14; ++i) few += fmt::format("text {}\t{}\n", i, i % 2 == 0 ? "x" : "y");
  const ProgramRun small = make("few.tsv", few);
  EXPECT_EQ(small.status, 0) << small.err;
  expect_in(small.out, {" of the examples, by their texts (few: one of them is "});
}

/// What was told before an error is kept, whole rows alone.
TEST(Classify, AnErrorInTheFileKeepsWhatWasTold) {
  const Reviews place;
  ASSERT_EQ(place.make().status, 0);
  ASSERT_EQ(place.train("runs/a", {"train.steps=2 steps"}).status, 0);
  std::string rows = "text\n";
  for (int i = 0; i < 40; ++i) rows += fmt::format("It was {}\n", i);
  write_file(place.folder / "new.tsv", rows + "too\tmany\n");
  const ProgramRun run = program(
      {"predict", place.path("runs/a"), place.path("new.tsv"), "--out", place.path("told")});
  EXPECT_EQ(run.status, 2);
  expect_in(run.err, {"new.tsv, line 42: has 2 fields, and the header 1",
                      "told is not whole; " + place.path("told.partial") + " holds its first 33 "});
  EXPECT_FALSE(fs::exists(place.path("told")));
  EXPECT_EQ(std::ranges::count(read_file(place.path("told.partial")), '\n'), 33);
}

/// Written for other programs and read again, a classifier tells the same, of longer texts, too.
TEST(Classify, GoesOutAndComesBack) {
  const Reviews place(true);
  ASSERT_EQ(place.make().status, 0);
  ASSERT_EQ(place.train("runs/a", {"train.steps=2 steps", "task.max_length=8"}).status, 0);
  const ProgramRun out = program(
      {"export", place.path("runs/a"), "--out", place.path("out"), "--verify", "It was A ooo"});
  ASSERT_EQ(out.status, 0) << out.err;
  expect_in(out.out, {"BertForSequenceClassification", "verified: 2 numbers"});
  EXPECT_EQ(nlohmann::json::parse(read_file(place.folder / "out/tokenizer_config.json"))
                .at("model_max_length"),
            8);
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 120; ++i) {
    rows += i % 2 == 0 ? "It was A" : "It was Z";
    for (int word = 0; word < i % 7; ++word) rows += " and oo";
    rows += "\tliked\n";
  }
  write_file(place.folder / "long.tsv", rows);
  const auto json = nlohmann::json::parse(read_file(place.folder / "out/config.json"));
  EXPECT_EQ(json.at("id2label"), (nlohmann::json{{"0", "liked"}, {"1", "not"}}));
  const ProgramRun ours =
      program({"predict", place.path("runs/a"), place.path("long.tsv"), "--json"});
  const ProgramRun theirs =
      program({"predict", place.path("out"), place.path("long.tsv"), "--json"});
  ASSERT_EQ(theirs.status, 0) << theirs.err;
  expect_in(theirs.err, {"texts were cut to 8 tokens"});
  std::istringstream a(ours.out), b(theirs.out);
  int count = 0;
  for (std::string x, y; std::getline(a, x) && std::getline(b, y); ++count) {
    const auto one = nlohmann::json::parse(x), other = nlohmann::json::parse(y);
    EXPECT_EQ(one.at("label"), other.at("label"));
    for (const char* label : {"liked", "not"})
      EXPECT_NEAR(one.at("probabilities").at(label).get<double>(),
                  other.at("probabilities").at(label).get<double>(), 1e-6);
  }
  EXPECT_EQ(count, 120);
  expect_same_figures(place, "out");
  const ProgramRun again =
      place.train("runs/b", {"train.steps=2 steps", "init.from=" + place.path("out")});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.out.find("with first values as drawn"), std::string::npos) << again.out;
}

/// The labels of the run's other rows, which it begins with, are others: the head is drawn anew.
TEST(Classify, BeginsWithAClassifierOfOtherLabels) {
  const Reviews place;
  ASSERT_EQ(place.make().status, 0);
  ASSERT_EQ(place.train("runs/first", {"train.steps=2 steps"}).status, 0);
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 40; ++i) rows += fmt::format("text {}\t{}\n", i, std::array{"a", "b"}[i % 2]);
  write_file(place.folder / "more.tsv", rows);
  const ProgramRun run =
      place.train("runs/second", {"train.steps=2 steps", "data.train=" + place.path("more.tsv"),
                                  "task.labels=[]", "init.from=" + place.path("runs/first")});
  ASSERT_EQ(run.status, 0) << run.err;
  expect_in(run.out, {"new, with first values as drawn: classifier.bias, classifier.weight\n",
                      "labels=[a, b]"});
}

}  // namespace
}  // namespace tessera
