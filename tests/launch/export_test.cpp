// Models come in and go out: export and import as a user meets them, and runs that begin with
// models of transformers.
#include <nlohmann/json.hpp>

#include "framework/formats/tensor_files.h"
#include "tests/data/text_folder.h"
#include "tests/launch/reference_models.h"
#include "tests/launch/shell.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

/// Every tensor of both has the same name, type, shape and numbers.
void expect_same_tensors(const std::string& a, const std::string& b) {
  const auto x = open_tensor_files(a), y = open_tensor_files(b);
  std::set<std::string> names;
  for (const std::string& name : x->names()) names.insert(name);
  const auto others = y->names();
  EXPECT_EQ(names, std::set<std::string>(others.begin(), others.end()));
  for (const std::string& name : names) {
    ASSERT_EQ(x->tensor(name).type, y->tensor(name).type) << name;
    ASSERT_EQ(x->tensor(name).shape, y->tensor(name).shape) << name;
    std::vector<float> p(static_cast<size_t>(numel(x->tensor(name).shape))), q(p.size());
    x->read(name, 0, p);
    y->read(name, 0, q);
    EXPECT_EQ(p, q) << name;
  }
}

class Export : public ReferenceModels {
 protected:
  /// Shards of text in the words of the reference models' tokenizer, and a config that begins with
  /// one of them.
  void make_run(const std::string& name, const std::string& more = "") const {
    std::string text;
    for (int i = 0; i < 4000; ++i)
      text += i % 61 == 60 ? '\n' : static_cast<char>('0' + (i * 7 + i / 61) % 40);
    write_file(folder_ / "text.txt", text);
    good({"tokenize", path("text.txt"), "--tokenizer", family(name), "--out", path("shards"),
          "--overwrite"});
    write_file(folder_ / "my.yaml", "init: {from: " + family(name) +
                                        "}\ndata: {shards: " + path("shards") +
                                        "}\nbatch: {sequences: 4, length: 12}\ntrain: {steps: 3 "
                                        "steps}\nevaluate: {every: 0 steps}\nlog: {folder: " +
                                        path("run") + "}\n" + more);
  }
};

TEST_F(Export, WhatCameInGoesOutToTheBit) {
  for (const char* name : {"gpt2", "gpt2-untied", "mistral", "bert-mlm", "roberta"}) {
    const std::string kept = path(std::string(name) + ".kept"), out = path(name);
    good({"import", family(name), "--out", kept});
    good({"export", kept, "--out", out});
    expect_same_tensors(family(name), out);
    const Json before = Json::parse(read_file(family(name) + "/config.json")),
               after = Json::parse(read_file(out + "/config.json"));
    for (const auto& [key, value] : before.items()) EXPECT_EQ(after.at(key), value) << key;
    EXPECT_EQ(after.at("torch_dtype"), before.at("dtype"));
    EXPECT_EQ(read_file(out + "/generation_config.json"),
              read_file(family(name) + "/generation_config.json"));
    EXPECT_EQ(read_file(out + "/tokenizer.json"), read_file(family(name) + "/tokenizer.json"));
  }
}

/// The heads of classifiers, too, from the folder itself and by way of a checkpoint.
TEST_F(Export, ClassifiersGoOutWithTheirHeads) {
  for (const char* name : {"bert-classifier", "roberta-classifier", "distilbert-classifier"}) {
    const std::string kept = path(std::string(name) + ".kept");
    good({"import", family(name), "--out", kept});
    for (const std::string& source : {kept, family(name)}) {
      const std::string out = path(std::string(name) + (source == kept ? ".again" : ".out"));
      good({"export", source, "--out", out, "--verify", "0123456789"});
      expect_same_tensors(family(name), out);
      const Json before = Json::parse(read_file(family(name) + "/config.json")),
                 after = Json::parse(read_file(out + "/config.json"));
      for (const auto& [key, value] : before.items()) EXPECT_EQ(after.at(key), value) << key;
    }
    EXPECT_EQ(read_file(path(std::string(name) + ".out/tokenizer.json")),
              read_file(family(name) + "/tokenizer.json"));
    write_file(folder_ / "lines.txt", "012\n34\n");
    for (const std::string& source : {kept, family(name)})
      good({"embed", source, path("lines.txt"), "--pool", "mean", "--out", path("v"),
            "--overwrite"});
  }
}

TEST_F(Export, AChatTemplateGoesAlong) {
  std::filesystem::copy(family("gpt2"), path("chatty"));
  const std::string text = "{% for m in messages %}{{ m.content }}{% endfor %}";
  write_file(folder_ / "chatty" / "chat_template.jinja", text);
  good({"export", path("chatty"), "--out", path("direct")});
  EXPECT_EQ(read_file(path("direct") + "/chat_template.jinja"), text);
  good({"import", path("chatty"), "--out", path("kept")});
  good({"generate", path("kept"), "--chat", "--prompt", "ab", "--tokens", "2"});
  good({"export", path("kept"), "--out", path("again")});
  EXPECT_EQ(read_file(path("again") + "/chat_template.jinja"), text);
  fs::remove(folder_ / "chatty" / "chat_template.jinja");
  Json config = Json::parse(read_file(folder_ / "chatty/tokenizer_config.json"));
  for (const char* value : {"7", R"([7, {"name": 7}, {"name": "default", "template": 7}])"}) {
    config["chat_template"] = Json::parse(value);
    write_file(folder_ / "chatty" / "tokenizer_config.json", config.dump());
    expect_contains(bad({"generate", path("chatty"), "--chat", "--prompt", "ab"}),
                    "tokenizer_config.json: chat_template is ");
  }
}

TEST_F(Export, BothSpellingsAreWritten) {
  good({"export", family("llama-llama3"), "--out", path("out")});
  const Json config = Json::parse(read_file(folder_ / "out/config.json"));
  EXPECT_EQ(config.at("rope_theta"), 500.0);
  EXPECT_EQ(config.at("rope_parameters").at("rope_theta"), 500.0);
  EXPECT_EQ(config.at("rope_scaling").at("rope_type"), "llama3");
  EXPECT_EQ(config.at("rope_scaling").at("factor"), config.at("rope_parameters").at("factor"));
  good({"export", family("llama"), "--out", path("plain")});
  EXPECT_FALSE(Json::parse(read_file(folder_ / "plain/config.json")).contains("rope_scaling"));
}

TEST_F(Export, TypesShardsAndVerification) {
  const ProgramRun run = good({"export", family("gpt2"), "--out", path("out"), "--dtype", "bf16",
                               "--shard-size", "10kB", "--verify", "0123456789"});
  expect_contains(run.out, "GPT2LMHeadModel of transformers, 28 tensors");
  expect_contains(run.out, "verified: ");
  EXPECT_TRUE(fs::exists(folder_ / "out/model.safetensors.index.json"));
  EXPECT_EQ(open_tensor_files(path("out"))->tensor("transformer.wte.weight").type,
            StoredType::bf16);
  EXPECT_EQ(Json::parse(read_file(folder_ / "out/config.json")).at("dtype"), "bfloat16");
}

/// Models without a head are compared by the vectors of their tokens.
TEST_F(Export, VerifiesWhatHasNoHead) {
  expect_contains(
      good({"export", family("bert"), "--out", path("out"), "--verify", "0123456789"}).out,
      "verified: 264 numbers");  // of ten tokens, and the pooled vector
}

/// What transformers cuts texts to, and which ids begin and end them.
TEST_F(Export, AModelMadeHereSaysHowLongTextsMayBe) {
  const auto exported = [&](const std::string& type, const std::string& tokenizer) {
    write_file(folder_ / "text.txt", random_text(1, 4000));
    good({"tokenizer", "train", path("text.txt"), "--type", tokenizer, "--vocab", "300", "--out",
          path(type + ".tok")});
    good({"tokenize", path("text.txt"), "--tokenizer", path(type + ".tok"), "--out", path(type)});
    write_file(folder_ / "my.yaml",
               "model: {layers: 1, hidden: 16, heads: 2, context: 24, type: " + type +
                   "}\ndata: {shards: " + path(type) +
                   "}\nbatch: {sequences: 2}\ntrain: {steps: 1 steps}\nevaluate: {every: 0 steps}\n"
                   "device: {threads: 1}\nlog: {folder: " +
                   path(type + ".run") + "}\n");
    good({"train", path("my.yaml"), "--peak", "1"});
    good({"export", path(type + ".run"), "--out", path(type + ".out")});
    EXPECT_EQ(
        Json::parse(read_file(path(type + ".out/tokenizer_config.json"))).at("model_max_length"),
        24);
    return Json::parse(read_file(path(type + ".out/config.json")));
  };
  const Json gpt = exported("gpt", "bpe");
  EXPECT_TRUE(gpt.at("eos_token_id").is_number());
  const Json bert = exported("bert", "wordpiece");
  EXPECT_EQ(bert.at("pad_token_id"), 0);
  EXPECT_FALSE(bert.contains("bos_token_id") || bert.contains("eos_token_id")) << bert;
}

TEST_F(Export, SaysWhatItCannotDo) {
  write_file(folder_ / "full/mine.txt", "mine");
  expect_contains(bad({"export", family("gpt2"), "--out", path("full")}), "holds other files");
  expect_contains(bad({"export", family("gpt2")}), "--out says which folder");
  expect_contains(bad({"export", family("gpt2"), "--out", path("a"), "--dtype", "i8"}),
                  "'i8' is none of");
  expect_contains(bad({"export", family("gpt2"), "--out", path("a"), "--as", "onnx"}),
                  "'onnx' is none of");
  expect_contains(bad({"export", path("nothing"), "--out", path("a")}), "there is no config, run");
  EXPECT_FALSE(fs::exists(folder_ / "a"));
}

TEST_F(Export, ARunBeginsWithAModelOfTransformersAndGoesOutAgain) {
  make_run("gpt2");
  expect_contains(good({"train", path("my.yaml"), "--peak", "1"}).out,
                  "beginning with the weights of " + family("gpt2"));
  good({"train", path("my.yaml"), "--peak", "1", "--set", "train.steps=4 steps"});
  good({"export", path("run"), "--out", path("out"), "--verify", "0123456"});
  const Json config = Json::parse(read_file(folder_ / "out/config.json"));
  EXPECT_EQ(config.at("architectures").at(0), "GPT2LMHeadModel");
  EXPECT_TRUE(config.contains("summary_type")) << "what Tessera has no use for is kept";
  expect_contains(read_file(folder_ / "out/README.md"), "4 updates");
  expect_contains(read_file(folder_ / "run/header.txt"), "exports to GPT2LMHeadModel");
}

TEST_F(Export, TheModelOfARunMustBeThatOfItsStart) {
  make_run("gpt2", "model: {hidden: 24}\n");
  const std::string error = bad({"train", path("my.yaml")});
  expect_contains(error, "model.hidden is 24 here, and 20 there");
  make_run("gpt2", "model: {hidden: 20, dropout: 0}\n");
  good({"train", path("my.yaml"), "--peak", "1"});
}

/// A classifier goes out with its labels, and its tokenizer with the special tokens that stood
/// around the texts, which the model's own files do not state.
TEST_F(Export, AClassifierKeepsLabelsAndSpecialTokens) {
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 60; ++i)
    rows += fmt::format("{}{}\t{}\n", i % 2 == 0 ? "ab" : "01", i, i % 2 == 0 ? "word" : "number");
  write_file(folder_ / "rows.tsv", rows);
  good({"new", "classify", "--from", family("bert"), path("rows.tsv"), "--out", path("c.yaml")});
  good({"train", path("c.yaml"), "--peak", "1", "--set", "log.folder=" + path("c"), "--set",
        "train.steps=2 steps"});
  expect_contains(good({"export", path("c"), "--out", path("out")}).out,
                  "tokenizer.json states the special tokens around a text");
  const Json config = Json::parse(read_file(folder_ / "out/config.json"));
  EXPECT_EQ(config.at("architectures").at(0), "BertForSequenceClassification");
  EXPECT_EQ(config.at("id2label"), Json({{"0", "number"}, {"1", "word"}}));
  EXPECT_EQ(config.at("label2id"), Json({{"number", 0}, {"word", 1}}));
  EXPECT_EQ(open_tensor_files(path("out"))->tensor("classifier.weight").shape.at(0), 2);
  const Json form = Json::parse(read_file(folder_ / "out/tokenizer.json")).at("post_processor");
  EXPECT_EQ(form.at("single").at(0).at("SpecialToken").at("id"), "<s>");
  EXPECT_EQ(form.at("special_tokens").at("<s>").at("ids"), Json({0}));
}

TEST_F(Export, WhatAModelHasNoUseForIsNamed) {
  std::string rows = "text\tlabel\n";
  for (int i = 0; i < 60; ++i) rows += fmt::format("{}\t{}\n", i, i % 2);
  write_file(folder_ / "rows.tsv", rows);
  good({"new", "classify", "--from", family("bert"), path("rows.tsv"), "--out", path("c.yaml")});
  good({"train", path("c.yaml"), "--peak", "1", "--set", "log.folder=" + path("c"), "--set",
        "train.steps=2 steps"});
  good({"export", path("c"), "--out", path("out")});
  write_file(folder_ / "lines.txt", "012\n");
  expect_contains(
      good({"embed", path("out"), path("lines.txt"), "--pool", "mean", "--out", path("vectors")})
          .err,
      "note: the model has no use for classifier.bias, classifier.weight");
  EXPECT_EQ(good({"import", path("out"), "--out", path("kept")}).err, "");
}

/// The same losses on one rank and on four: each reads its boxes alone.
TEST_F(Export, OnAMesh) {
  make_run("llama", "optimizer: {type: sgd, lr: 0.01}\n");
  good({"train", path("my.yaml"), "--peak", "1"});
  const std::string train = "env -u TESSERA_HOSTS -u TESSERA_AGENT OMP_WAIT_POLICY=passive " +
                            source_dir() + "/launch/run -n 4 -- " + program_path() + " train " +
                            path("my.yaml") +
                            " --peak 1 --set mesh.dp=2 --set mesh.tp=2 --set "
                            "data_parallel.shard=parameters --set log.folder=" +
                            path("mesh");
  const Ended ended = shell(train);
  ASSERT_EQ(ended.status, 0) << ended.output;
  good({"export", path("mesh"), "--out", path("out"), "--verify", "0123456"});
  good({"export", path("run"), "--out", path("alone")});
  const auto x = open_tensor_files(path("out")), y = open_tensor_files(path("alone"));
  for (const std::string& name : y->names()) {
    std::vector<float> p(static_cast<size_t>(numel(y->tensor(name).shape))), q(p.size());
    ASSERT_EQ(x->tensor(name).shape, y->tensor(name).shape) << name << ": padding is cut";
    x->read(name, 0, p);
    y->read(name, 0, q);
    for (size_t i = 0; i < p.size(); ++i) ASSERT_NEAR(p[i], q[i], 2e-5) << name;
  }
}

}  // namespace
}  // namespace tessera
