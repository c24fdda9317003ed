// `tessera embed` and `tessera eval SOURCE FILE`, on a small GPT-2 of transformers whose figures are
// goldens (tests/golden/evaluation/make), and `tessera chat`.
#include <fstream>
#include <nlohmann/json.hpp>

#include "framework/formats/safetensors_reader.h"
#include "launch/pooling.h"
#include "tests/launch/workplace.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

class Measure : public ::testing::Test {
 protected:
  Measure() {
    for (const char* name : {"text.txt", "questions.jsonl", "lines.txt"})
      fs::copy_file(golden_ / name, place_.path(name));
    model_ = source_dir() + "/tests/golden/families/gpt2";
  }
  std::string path(const std::string& name) const { return place_.path(name); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  std::string error(const std::vector<std::string>& words) const {
    const ProgramRun run = program(words);
    EXPECT_EQ(run.status, 2) << run.out;
    return run.err;
  }

  /// Compares the vectors of the lines with the goldens of that name.
  void expect_vectors(const std::string& model, const char* pool, const char* name) const {
    const std::string out = path(std::string(name) + ".safetensors");
    const ProgramRun run =
        program({"embed", model, path("lines.txt"), "--pool", pool, "--normalize", "--out", out});
    ASSERT_EQ(run.status, 0) << run.err;
    const SafetensorsReader reader(out);
    const Json expected = Json::parse(read_file(golden_ / "golden.json"))["embeddings"][name];
    const TensorType type = reader.type("embeddings");
    ASSERT_EQ(type.shape, (Shape{std::ssize(expected), std::ssize(expected[0])}));
    std::vector<float> got(type.bytes() / sizeof(float));
    reader.read("embeddings", got.data());
    size_t at = 0;
    for (const auto& row : expected)
      for (const auto& number : row) EXPECT_NEAR(got[at++], number.get<double>(), 2e-5) << name;
  }

  const Workplace place_;
  const fs::path golden_ = fs::path(source_dir()) / "tests/golden/evaluation";
  std::string model_;
};

TEST_F(Measure, ScoresTextAsTransformersDoes) {
  const Json golden = Json::parse(read_file(golden_ / "golden.json"));
  for (const Json& expected : golden["texts"]) {
    std::vector<std::string> words{"eval",           model_,
                                   path("text.txt"), "--json",
                                   "--length",       std::to_string(expected["length"].get<int>()),
                                   "--stride",       std::to_string(expected["stride"].get<int>())};
    if (const std::string begin = expected["begin"]; !begin.empty())
      words.insert(words.end(), {"--document-begin", begin});
    const ProgramRun run = program(words);
    ASSERT_EQ(run.status, 0) << run.err;
    const Json got = Json::parse(run.out);
    EXPECT_EQ(got["tokens"], expected["tokens"]);
    EXPECT_EQ(got["bytes"], expected["bytes"]);
    EXPECT_NEAR(got["loss"].get<double>(), expected["loss"].get<double>(), 2e-5);
    EXPECT_NEAR(got["perplexity"].get<double>() / expected["perplexity"].get<double>(), 1, 1e-4);
  }
}

TEST_F(Measure, AnswersQuestionsAsLmEvalDefines) {
  const Json golden = Json::parse(read_file(golden_ / "golden.json"));
  const ProgramRun run = program({"eval", model_, path("questions.jsonl"), "--json"});
  ASSERT_EQ(run.status, 0) << run.err;
  const Json got = Json::parse(run.out);
  for (const char* figure : {"acc", "acc_norm", "acc_bytes"})
    EXPECT_NEAR(got[figure].get<double>(), golden["choices"][figure].get<double>(), 1e-9) << figure;
}

TEST_F(Measure, GivesLinesVectors) {
  for (const char* mode : {"mean", "cls", "last"}) expect_vectors(model_, mode, mode);
}

/// The last token is the last one of the text, though it be the token that pads.
TEST_F(Measure, TheLastTokenMayBeTheOneThatPads) {
  const std::string ending = path("ending");
  fs::copy(model_, ending);
  Json json = Json::parse(read_file(ending + "/tokenizer.json"));
  json["post_processor"] = Json::parse(
      R"({"type": "TemplateProcessing",
          "single": [{"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "</s>", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
          "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}})");
  std::ofstream(ending + "/tokenizer.json") << json;
  Json config = Json::parse(read_file(ending + "/tokenizer_config.json"));
  config["pad_token"] = "</s>";
  std::ofstream(ending + "/tokenizer_config.json") << config;
  expect_vectors(ending, "last", "last_end");
}

/// A row for each line, whatever the line holds; those around an empty one are as without it.
TEST_F(Measure, AnEmptyLineHasTheVectorZero) {
  write("with", "0123\n\nabc\n");
  write("without", "0123\nabc\n");
  const auto rows = [&](const std::string& file, const char* pool) {
    const std::string out = path(file + pool);
    const ProgramRun run =
        program({"embed", model_, path(file), "--pool", pool, "--normalize", "--out", out});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.err.find("1 lines have no token") != std::string::npos, file == "with");
    SafetensorsReader reader(out);
    const TensorType type = reader.type("embeddings");
    std::vector<float> all(type.bytes() / sizeof(float));
    reader.read("embeddings", all.data());
    std::vector<std::vector<float>> split;
    const auto width = static_cast<size_t>(type.shape.at(1));
    for (size_t at = 0; at < all.size(); at += width)
      split.emplace_back(all.begin() + static_cast<ptrdiff_t>(at),
                         all.begin() + static_cast<ptrdiff_t>(at + width));
    return split;
  };
  for (const char* pool : {"mean", "cls", "last"}) {
    const auto with = rows("with", pool), without = rows("without", pool);
    ASSERT_EQ(with.size(), 3u);
    EXPECT_EQ(with[0], without[0]);
    EXPECT_EQ(with[1], std::vector<float>(with[0].size()));
    EXPECT_EQ(with[2], without[1]);
  }
  write("none", "\n\n");
  EXPECT_NE(error({"embed", model_, path("none"), "--pool", "mean", "--out", path("x")})
                .find("none: no line has a token"),
            std::string::npos);
}

TEST_F(Measure, SaysWhatIsWrong) {
  EXPECT_NE(error({"eval", model_}).find("comes without data to measure it on: name a FILE"),
            std::string::npos);
  EXPECT_NE(error({"eval", model_, path("text.txt"), "--document-begin", "<none>"})
                .find("--document-begin: the tokenizer has no token '<none>'"),
            std::string::npos);
  EXPECT_NE(error({"embed", model_, path("lines.txt"), "--out", path("x")})
                .find("does not state how vectors of tokens become one: give --pool"),
            std::string::npos);
  EXPECT_NE(error({"embed", model_, path("lines.txt"), "--pool", "max", "--out", path("x")})
                .find("'max' is no way of pooling; choose mean, cls or last"),
            std::string::npos);
  EXPECT_NE(error({"eval", model_, path("text.txt"), "--length", "1000"})
                .find("and a window of 1000 does not fit"),
            std::string::npos);
  EXPECT_NE(error({"eval", model_, "--stride", "3"}).find("--stride goes with a FILE"),
            std::string::npos);
  write("bad.jsonl", R"({"context": "a", "choices": ["b"], "answer": 1})"
                     "\n");
  EXPECT_NE(error({"eval", model_, path("bad.jsonl")})
                .find("line 1: the answer is 1, and choices are numbered from 0 to 0"),
            std::string::npos);
  write("one.txt", "a");
  EXPECT_NE(error({"eval", model_, path("one.txt")}).find("there is nothing to measure"),
            std::string::npos);
}

TEST(Pooling, ReadsFoldersOfSentenceTransformers) {
  const Workplace place;
  const fs::path folder = place.path("model");
  fs::create_directories(folder / "1_Pooling");
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name) << text;
  };
  EXPECT_FALSE(pooling_of_folder(folder).has_value());
  write("modules.json", R"([{"path": "", "type": "sentence_transformers.models.Transformer"},
    {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])");
  write("sentence_bert_config.json", R"({"max_seq_length": 77})");
  write("1_Pooling/config.json",
        R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})");
  const auto pooling = pooling_of_folder(folder);
  ASSERT_TRUE(pooling.has_value());
  EXPECT_EQ(pooling->mode, Pooling::Mode::cls);
  EXPECT_TRUE(pooling->normalize);
  EXPECT_EQ(pooling->most_tokens, 77);
  write("1_Pooling/config.json", R"({"pooling_mode_max_tokens": true})");
  EXPECT_THROW(pooling_of_folder(folder), UserError);
  write("modules.json", R"([{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}])");
  EXPECT_THROW(pooling_of_folder(folder), UserError);
}

TEST(Chat, ShowsConversations) {
  const Workplace place;
  std::ofstream(place.path("t"))
      << "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }};"
         "{% endfor %}{{ tone }}";
  std::ofstream(place.path("talks"))
      << R"({"messages": [{"role": "user", "content": "é"}], "tone": "kind"})"
         "\n";
  const ProgramRun run = program({"chat", place.path("t"), place.path("talks"), "--bos", "<s>"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, "<s>user: é;kind\n");
  std::ofstream(place.path("t")) << "{{ x | urlize }}";
  const ProgramRun refused = program({"chat", place.path("t"), place.path("talks")});
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("line 1, column 8: the filter urlize is not supported"),
            std::string::npos)
      << refused.err;
}

}  // namespace
}  // namespace tessera
