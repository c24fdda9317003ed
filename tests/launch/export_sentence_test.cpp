// Encoders go out as folders of sentence-transformers, and say how texts become vectors.
#include <nlohmann/json.hpp>

#include "framework/formats/tensor_files.h"
#include "tests/launch/reference_models.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

class ExportSentence : public ReferenceModels {
 protected:
  ProgramRun run(const std::string& source, const std::vector<std::string>& more) const {
    std::vector<std::string> args{"export", source,     "--as", "sentence-transformers",
                                  "--out",  path("out")};
    args.insert(args.end(), more.begin(), more.end());
    return program(args);
  }
  Json json(const std::string& name) const { return Json::parse(read_file(folder_ / name)); }
  std::vector<float> vectors(const std::string& source, const std::string& file,
                             const std::vector<std::string>& more = {}) const {
    write_file(folder_ / "lines.txt", "0123456789\nabc\n");
    std::vector<std::string> args{"embed", source, path("lines.txt"), "--out", path(file)};
    args.insert(args.end(), more.begin(), more.end());
    const ProgramRun done = program(args);
    EXPECT_EQ(done.status, 0) << done.err;
    const auto opened = open_tensor_files(path(file));
    std::vector<float> out(static_cast<size_t>(numel(opened->tensor("embeddings").shape)));
    opened->read("embeddings", 0, out);
    return out;
  }
};

TEST_F(ExportSentence, SaysHowTextsBecomeVectors) {
  const ProgramRun done = run(family("bert"), {"--pool", "mean", "--normalize", "--length", "6"});
  ASSERT_EQ(done.status, 0) << done.err;
  const Json modules = json("out/modules.json");
  ASSERT_EQ(modules.size(), 3u);
  EXPECT_EQ(modules[1].at("path"), "1_Pooling");
  EXPECT_EQ(modules[1].at("type"), "sentence_transformers.models.Pooling");
  EXPECT_EQ(modules[2].at("type"), "sentence_transformers.models.Normalize");
  const Json pooling = json("out/1_Pooling/config.json");
  EXPECT_EQ(pooling.at("pooling_mode_mean_tokens"), true);
  EXPECT_EQ(pooling.at("pooling_mode_cls_token"), false);
  EXPECT_EQ(pooling.at("word_embedding_dimension"), json("out/config.json").at("hidden_size"));
  EXPECT_EQ(json("out/sentence_bert_config.json").at("max_seq_length"), 6);
  EXPECT_EQ(json("out/config_sentence_transformers.json").at("similarity_fn_name"), "cosine");
  // What was written states its pooling itself, and gives the same vectors.
  EXPECT_EQ(
      vectors(family("bert"), "a.safetensors", {"--pool", "mean", "--normalize", "--length", "6"}),
      vectors(path("out"), "b.safetensors"));
}

TEST_F(ExportSentence, AFolderOfItsKindNeedsNoOptions) {
  ASSERT_EQ(run(family("bert"), {"--pool", "cls"}).status, 0);
  fs::rename(path("out"), path("first"));
  ASSERT_EQ(run(path("first"), {}).status, 0);
  EXPECT_EQ(json("out/modules.json"), json("first/modules.json"));
  EXPECT_EQ(json("out/modules.json").size(), 2u);
  EXPECT_EQ(json("out/1_Pooling/config.json"), json("first/1_Pooling/config.json"));
}

TEST_F(ExportSentence, SaysWhatItCannotDo) {
  const auto said = [&](const std::string& source, const std::vector<std::string>& more) {
    const ProgramRun done = run(source, more);
    EXPECT_EQ(done.status, 2) << done.out;
    return done.err;
  };
  expect_contains(said(family("gpt2"), {"--pool", "mean"}), "is for encoders");
  expect_contains(said(family("bert"), {}), "give --pool mean, cls or last");
  expect_contains(said(family("bert"), {"--pool", "max"}), "'max' is no way of pooling");
  expect_contains(said(family("bert"), {"--pool", "mean", "--length", "100000"}),
                  "the model's context holds");
  EXPECT_FALSE(fs::exists(path("out")));
}

}  // namespace
}  // namespace tessera
