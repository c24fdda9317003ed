// `generate`, `eval`, `embed` and `predict` on several ranks, started as a user starts them: what one
// rank gives, in the same order, and one message when something is wrong.
#include "framework/formats/safetensors_reader.h"
#include "tests/launch/mesh_run.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

class MeshReading : public MeshRun {
 protected:
  void SetUp() override {
    for (const char* name : {"text.txt", "questions.jsonl"})
      fs::copy_file(fs::path(source_dir()) / "tests/golden/evaluation" / name, path(name));
  }

  /// 5 heads, 67 tokens: both are padded where tp is 2.
  static std::string model(const std::string& name = "gpt2") {
    return source_dir() + "/tests/golden/families/" + name;
  }
  /// What `words` print on `ranks` ranks, without what launch/run says.
  std::string printed(int ranks, const std::string& words) const {
    return printed_by(on(ranks, program_path() + " " + words));
  }
  std::string printed_by(const std::string& line) const {
    const Ended ended = shell(line + " 2>" + path("errors") + " | tee " + path("printed") +
                              "; exit ${PIPESTATUS[0]}");
    EXPECT_EQ(ended.status, 0) << line << "\n" << read_file(folder_ / "errors");
    return read_file(folder_ / "printed");
  }
  /// The message with which `words` fail on `ranks` ranks, told once.
  void fails(int ranks, const std::string& words, const std::string& message) const {
    const Ended ended = shell(on(ranks, program_path() + " " + words));
    EXPECT_EQ(ended.status, 2) << words << "\n" << ended.output;
    const size_t at = ended.output.find(message);
    EXPECT_NE(at, std::string::npos) << words << "\n" << ended.output;
    EXPECT_EQ(ended.output.find("tessera: error:"), ended.output.rfind("tessera: error:"))
        << ended.output;
  }
};

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(Json::parse(line));
  return out;
}

TEST_F(MeshReading, TextsAreThoseOfOneRank) {
  std::string prompts;
  for (int i = 0; i < 11; ++i)
    prompts += "{\"prompt\": \"" + std::string(1 + (i * 7) % 12, "abcde"[i % 5]) +
               "\", \"id\": " + std::to_string(i) + "}\n";
  write_file(folder_ / "prompts", prompts);
  const std::string words = "generate " + model() + " --prompts " + path("prompts") +
                            " --tokens 12 --seed 3 --batch 2 --logprobs 2 --stop ee";
  const std::vector<Json> one = lines_of(printed(1, words));
  ASSERT_EQ(one.size(), 11u);
  for (const auto& [ranks, mesh] :
       {std::pair{2, "--set mesh.tp=2"}, {3, ""}, {4, "--set mesh.dp=2 --set mesh.tp=2"}}) {
    const std::vector<Json> many = lines_of(printed(ranks, words + " " + mesh));
    ASSERT_EQ(many.size(), one.size()) << mesh;
    for (size_t i = 0; i < one.size(); ++i) {
      for (const char* member : {"id", "prompt", "text", "ids", "ended"})
        EXPECT_EQ(many[i][member], one[i][member]) << mesh;
      for (size_t t = 0; t < one[i]["logprobs"].size(); ++t)
        EXPECT_NEAR(many[i]["logprobs"][t].get<double>(), one[i]["logprobs"][t].get<double>(),
                    1e-5);
    }
  }
}

TEST_F(MeshReading, OneTextIsShownByRankZeroAlone) {
  const std::string words = "generate " + model("llama") + " --prompt abc --tokens 9";
  for (const char* more : {"", " --beams 3"})
    EXPECT_EQ(printed(2, words + more + " --set mesh.tp=2"), printed(1, words + more));
}

TEST_F(MeshReading, FiguresAreThoseOfOneRank) {
  const std::string text = "eval " + model() + " " + path("text.txt") + " --length 8 --stride 3",
                    questions = "eval " + model() + " " + path("questions.jsonl");
  for (const auto& [words, ranks, mesh] :
       {std::tuple{text, 4, " --set mesh.tp=2"}, {questions, 3, ""}}) {
    const Json one = Json::parse(printed(1, words + " --json"));
    const Json many = Json::parse(printed(ranks, words + " --json" + mesh));
    for (const auto& [name, value] : one.items())
      if (value.is_number_float()) {
        EXPECT_NEAR(many[name].get<double>() / value.get<double>(), 1, 1e-6) << name << mesh;
      } else {
        EXPECT_EQ(many[name], value);
      }
  }
}

TEST_F(MeshReading, HostsGiveTheSame) {
  if (!namespaces_work()) GTEST_SKIP() << "no network namespaces here";
  for (const std::string& words :
       {"eval " + model() + " " + path("text.txt") + " --length 8 --stride 3",
        "generate " + model() + " --prompt 0123 --tokens 9 --set mesh.tp=2"}) {
    const std::string one = words.substr(0, words.find(" --set"));
    EXPECT_EQ(printed_by(on_hosts(2, program_path() + " " + words)), printed(1, one));
  }
}

TEST_F(MeshReading, VectorsStandInTheOrderOfTheLines) {
  std::string lines;
  for (int i = 0; i < 13; ++i) lines += std::string((i * 5) % 9, "abcde"[i % 5]) + "a\n";
  write_file(folder_ / "lines", lines);
  const auto vectors = [&](const std::string& name, int ranks, const std::string& mesh) {
    printed(ranks, "embed " + model("bert") + " " + path("lines") + " --pool mean --out " +
                       path(name) + mesh);
    const SafetensorsReader reader(path(name));
    const TensorType type = reader.type("embeddings");
    std::vector<float> out(static_cast<size_t>(type.numel()));
    EXPECT_EQ(type.shape[0], 13);
    reader.read("embeddings", reinterpret_cast<std::byte*>(out.data()));
    return out;
  };
  const std::vector<float> one = vectors("one", 1, "");
  float largest = 0;
  for (const float x : one) largest = std::max(largest, std::abs(x));
  for (const auto& [ranks, mesh] : {std::pair{4, " --set mesh.tp=2"}, {3, ""}}) {
    const std::vector<float> many = vectors("many" + std::to_string(ranks), ranks, mesh);
    ASSERT_EQ(many.size(), one.size());
    for (size_t i = 0; i < one.size(); ++i) EXPECT_NEAR(many[i], one[i], 1e-6F * largest);
  }
}

TEST_F(MeshReading, WhatAMeshCannotDoIsSaidOnce) {
  const std::string words = "generate " + model("llama") + " --prompt abc";
  fails(2, words, "2 ranks along mesh.dp share the prompts out, and there is one");
  fails(4, words + " --set mesh.tp=4", "3 key/value heads are fewer than 4 tensor parallel ranks");
  fails(2, "generate " + model() + " --tokns 3", "unknown option '--tokns'");
  fails(1, words + " --set mesh.tp=3", "mesh.tp = 3 do not make up the 1 rank of this run");
  fails(1, words + " --set mesh.tp=x", "--set mesh.tp=x: ");
  fails(1, words + " --set mesh.pt=2", "there is no key mesh.pt");
  fails(1, words + " --set mesh.sequence_parallel=true",
        "--set mesh.sequence_parallel=true: it divides the sequences of training");
  fails(1, words + " --set data_parallel.shard=parameters",
        "it says what training divides among the ranks along dp");
}

TEST_F(MeshReading, RanksThatSeeOtherThingsAreNamed) {
  const std::string words = program_path() + " generate " + model("llama") + " --set mesh.tp=2";
  const auto says_once = [](const Ended& ended, const std::string& message) {
    EXPECT_EQ(ended.status, 2) << ended.output;
    const size_t at = ended.output.find(message);
    EXPECT_NE(at, std::string::npos) << ended.output;
    EXPECT_EQ(ended.output.find(message, at + 1), std::string::npos) << ended.output;
  };
  says_once(two(words, program_path() + " generate " + path("nowhere") + " --set mesh.tp=2"),
            "there is no config, run, checkpoint or model");
  says_once(two(words, program_path() + " generate " + model("mistral") + " --set mesh.tp=2"),
            "the models differ between the ranks: rank 1 on ");
}

/// The rank's death ends the others in the midst of their texts; lines that were written stay.
TEST_F(MeshReading, ADeadRankEndsAll) {
  std::string prompts;
  for (int i = 0; i < 200000; ++i) prompts += "abc\n";
  write_file(folder_ / "prompts", prompts);
  for (const std::string mesh : {"--set mesh.tp=2", ""}) {
    const std::string line = on(2, program_path() + " generate " + model("llama") + " --prompts " +
                                       path("prompts") + " --tokens 20 " + mesh);
    const Ended ended = shell("cd '" + folder_.path().string() + "'; rm -f texts screen\n" + line +
                              " >texts 2>screen & run=$!\n"
                              "until [ -s texts ]; do kill -0 $run || { cat screen; exit 99; }; "
                              "sleep 0.1; done\n"
                              "for p in $(pgrep -f 'prompts " +
                              path("prompts") +
                              " '); do\n"
                              "  r=$(tr '\\0' '\\n' </proc/$p/environ | sed -n "
                              "'s/^OMPI_COMM_WORLD_RANK=//p')\n"
                              "  [ \"$r\" != 1 ] || kill -KILL $p\ndone\n"
                              "wait $run; status=$?; tail -n 20 screen; exit $status");
    EXPECT_NE(ended.status, 0);
    EXPECT_NE(ended.status, 124) << "it hung: " << ended.output;
    EXPECT_NE(ended.output.find("rank 1 ("), std::string::npos) << ended.output;
    EXPECT_NE(ended.output.find(") died"), std::string::npos) << ended.output;
    EXPECT_EQ(ended.output.find("tessera: error:"), ended.output.rfind("tessera: error:"));
    EXPECT_TRUE(read_file(folder_ / "texts").starts_with("{\"prompt\":\"abc\""));
  }
}

/// A classifier's rows on ranks that share them out.
TEST_F(MeshReading, LabelsStandInTheOrderOfTheRows) {
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 25; ++i)
    rows += std::string(1 + (i * 5) % 9, "abcde"[i % 5]) + "\t" + (i % 3 == 0 ? "x" : "y") + "\n";
  write_file(folder_ / "rows.tsv", rows);
  for (const std::string& line : {program_path() + " new classify --from " + model("bert") + " " +
                                      path("rows.tsv") + " --out " + path("rows.yaml"),
                                  program_path() + " train " + path("rows.yaml") +
                                      " --peak 100 --set log.folder=" + path("run") +
                                      " --set 'train.steps=2 steps' --set batch.sequences=4"})
    finishes(line);
  const std::string words = "predict " + path("run") + " " + path("rows.tsv") + " --json";
  const std::vector<Json> one = lines_of(printed(1, words));
  const std::string figures = read_file(folder_ / "errors");
  ASSERT_EQ(one.size(), 25u);
  for (const auto& [ranks, mesh] : {std::pair{3, ""}, {2, " --set mesh.tp=2"}}) {
    const std::vector<Json> many = lines_of(printed(ranks, words + mesh));
    ASSERT_EQ(many.size(), one.size());
    for (size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(many[i]["label"], one[i]["label"]);
      EXPECT_NEAR(many[i]["probability"].get<double>(), one[i]["probability"].get<double>(), 1e-6);
    }
    const std::string told = figures.substr(figures.find("against the file's labels"));
    EXPECT_NE(read_file(folder_ / "errors").find(told.substr(0, told.find('\n'))),
              std::string::npos);
  }
  const std::string held_out = "eval " + path("run") + " --json";
  const Json alone = Json::parse(printed(1, held_out)), shared = Json::parse(printed(2, held_out));
  EXPECT_NEAR(shared["loss"].get<double>() / alone["loss"].get<double>(), 1, 1e-6);
  EXPECT_EQ(shared["accuracy"], alone["accuracy"]);
  const std::string on_file = "eval " + path("run") + " " + path("rows.tsv") + " --json";
  const Json base = Json::parse(printed(1, on_file));
  EXPECT_EQ(base["examples"], 25);
  for (const auto& [ranks, mesh] : {std::pair{3, ""}, {2, " --set mesh.tp=2"}}) {
    const Json many = Json::parse(printed(ranks, on_file + mesh));
    for (const auto& [name, value] : base.items())
      if (name == "loss") {
        EXPECT_NEAR(many[name].get<double>() / value.get<double>(), 1, 1e-6) << mesh;
      } else {
        EXPECT_EQ(many[name], value) << name << mesh;
      }
  }
  write_file(folder_ / "rows.tsv", rows + "abc\tz\n");
  fails(3, on_file, "rows.tsv, line 27: the model does not know the label 'z'; it knows x, y");
}

}  // namespace
}  // namespace tessera
