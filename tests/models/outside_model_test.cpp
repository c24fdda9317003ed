// Models of other programs that do not fit, and what the messages say; boxes that ranks read, rows
// of new tokens.
#include "models/outside_model.h"

#include <gtest/gtest.h>

#include "framework/formats/safetensors_shards.h"
#include "framework/formats/tensor_files.h"
#include "models/outside_export.h"
#include "tests/models/family_golden.h"

namespace tessera::testing {
namespace {

using Json = nlohmann::ordered_json;

/// A copy of a reference model that a test may change.
class Changed {
 public:
  explicit Changed(const std::string& name)
      : config(Json::parse(read_file(family_folder(name) + "/config.json"))) {
    const auto file = open_tensor_files(family_folder(name));
    for (const std::string& tensor : file->names()) {
      Part& part = parts[tensor];
      part.shape = file->tensor(tensor).shape;
      part.numbers.resize(static_cast<size_t>(numel(part.shape)));
      file->read(tensor, 0, part.numbers);
    }
  }

  struct Part {
    Shape shape;
    std::vector<float> numbers;
  };
  Json config;
  std::map<std::string, Part> parts;

  void rename(const std::string& from, const std::string& to) {
    parts[to] = parts.at(from);
    parts.erase(from);
  }
  OutsideModel open() {
    const fs::path path = folder_ / "model";
    fs::remove_all(path);
    fs::create_directory(path);
    write_file(path / "config.json", config.dump());
    SafetensorsShards writer;
    for (const auto& [name, part] : parts) writer.declare(name, StoredType::f32, part.shape);
    writer.create(path);
    for (const auto& [name, part] : parts) writer.write(name, part.numbers);
    writer.finish();
    return OutsideModel(shipped_models(), path);
  }
  std::unique_ptr<OutsideSource> tensors() {
    const OutsideModel model = open();
    return model.tensors(model.config({}), model.rows());
  }

 private:
  TemporaryFolder folder_;
};

std::string config_error(const std::string& name, const std::string& key, const Json& value) {
  Changed model(name);
  model.config[key] = value;
  return error_of([&] { model.open().config({}); });
}

TEST(OutsideModel, WhatItsConfigDemandsAndTesseraLacksIsNamed) {
  expect_contains(config_error("gpt2", "model_type", "gpt_neox"),
                  "model_type is 'gpt_neox'; Tessera knows gpt2, llama, mistral, qwen2, bert");
  expect_contains(config_error("bert", "architectures", {"AntiBERTy"}),
                  "'AntiBERTy' is a class of its own");
  expect_contains(config_error("gpt2", "activation_function", "mish"),
                  "activation_function is mish; Tessera knows gelu_new");
  expect_contains(
      config_error("gpt2", "scale_attn_by_inverse_layer_idx", true),
      "scale_attn_by_inverse_layer_idx is true; Tessera computes gpt2 with false alone");
  expect_contains(config_error("bert", "position_embedding_type", "relative_key"),
                  "position_embedding_type is relative_key");
  expect_contains(config_error("llama", "rope_theta", 7.0),
                  "rope_theta is 7 and rope_parameters.rope_theta is 10000");
  expect_contains(config_error("qwen2", "use_sliding_window", true), "use_sliding_window is true");
  expect_contains(config_error("llama", "mlp_bias", true), "Tessera has one model.bias for both");
  expect_contains(config_error("roberta", "pad_token_id", 0), "pad_token_id is 0");
  expect_contains(config_error("llama", "num_key_value_heads", 2),
                  "config.json: Tessera cannot compute this model: num_key_value_heads: "
                  "num_attention_heads = 9 is not divisible by num_key_value_heads = 2");
  Changed lacks("llama");
  lacks.config.erase("intermediate_size");
  lacks.config["hidden_act"] = "relu6";
  const std::string error = error_of([&] { lacks.open(); });
  expect_contains(error, "intermediate_size is not stated");
  expect_contains(error, "hidden_act is relu6; Tessera knows silu");
}

/// Each message speaks of the keys that stand in the file.
TEST(OutsideModel, ValuesThatTesseraRefusesAreNamedByTheirOwnKeys) {
  const auto said = [](const char* model, const char* key, const Json& value) {
    const std::string error = config_error(model, key, value);
    EXPECT_EQ(error.find("model."), std::string::npos) << error;
    EXPECT_EQ(error.find("--set"), std::string::npos) << error;
    return error;
  };
  expect_contains(said("llama", "num_hidden_layers", "many"), "num_hidden_layers: 'many' is not");
  expect_contains(said("llama", "hidden_size", nullptr), "hidden_size: 'null' is not an integer");
  expect_contains(said("llama", "vocab_size", 1e30), "vocab_size: '1e+30' is not an integer");
  expect_contains(said("gpt2", "n_layer", 0), "n_layer: '0' is out of range; write 1 to");
  expect_contains(said("gpt2", "n_head", 3),
                  "n_embd = 20 is not divisible by n_head = 3; change one of them");
  expect_contains(said("llama", "head_dim", 7), "so a head must have an even width; it is 7");
  expect_contains(said("bert", "layer_norm_eps", "x"), "layer_norm_eps: 'x' is not a number");
  expect_contains(said("bert", "hidden_dropout_prob", 3), "hidden_dropout_prob: '3' is out of");
  expect_contains(said("distilbert", "dropout", 3), "dropout: '3' is out of range");
}

/// What a caller sets is named as the caller names it.
TEST(OutsideModel, OverridesKeepTheirNames) {
  Changed model("llama");
  const std::vector<std::string> sets{"model.layers=0"};
  expect_contains(error_of([&] { model.open().config(sets); }), "--set model.layers: '0' is out");
}

TEST(OutsideModel, AllTensorsThatDoNotFitAreListedAtOnce) {
  Changed model("gpt2");
  model.rename("transformer.ln_f.weight", "transformer.ln_g.weight");
  model.parts["transformer.wpe.weight"] = {{3, 20}, std::vector<float>(60)};
  const std::string error = error_of([&] { model.tensors(); });
  expect_contains(error, "'transformer.ln_f.weight' is missing, [20] is wanted");
  expect_contains(error, "'transformer.ln_g.weight' [20] has no place");
  expect_contains(error, "'transformer.wpe.weight' is [3, 20], [24, 20] is wanted");
}

TEST(OutsideModel, BuffersAreKnown) {
  Changed model("gpt2");
  model.parts["transformer.h.0.attn.bias"] = {{1, 1, 24, 24}, std::vector<float>(576)};
  model.parts["transformer.h.1.attn.masked_bias"] = {{1}, {-1e4F}};
  EXPECT_NO_THROW(model.tensors());
}

TEST(OutsideModel, PrefixesOfWrappersAreTakenOff) {
  Changed model("llama");
  std::vector<std::string> names;
  for (const auto& [name, part] : model.parts) names.push_back(name);
  for (const std::string& name : names) model.rename(name, "_orig_mod.module." + name);
  const OutsideModel opened = model.open();
  ASSERT_EQ(opened.notes().size(), 2U);
  expect_contains(opened.notes()[0], "'_orig_mod.' was taken off");
  expect_contains(opened.notes()[1], "'module.' was taken off");
  EXPECT_NO_THROW(opened.tensors(opened.config({}), opened.rows()));
  for (const OutsideTensorPlan& plan :
       outside_tensors(outside_target(opened.config({}), opened.original()),
                       parameters_of(shipped_models(), opened.config({}), opened.rows()),
                       opened.config({}), opened.rows()))
    EXPECT_TRUE(plan.name.starts_with("model.") || plan.name == "lm_head.weight") << plan.name;
  model.parts["model.norm.weight"] = model.parts.at("_orig_mod.module.model.norm.weight");
  expect_contains(error_of([&] { model.open(); }), "two tensors for one place");
}

TEST(OutsideModel, ABareModelHasTheSameTensors) {
  Changed model("gpt2");
  std::vector<std::string> names;
  for (const auto& [name, part] : model.parts) names.push_back(name);
  for (const std::string& name : names)
    model.rename(name, name.substr(std::string("transformer.").size()));
  EXPECT_NO_THROW(model.tensors());
}

TEST(OutsideModel, AnEqualCopyOfATiedHeadIsAcceptedAnotherIsNot) {
  Changed model("gpt2");
  model.parts["lm_head.weight"] = model.parts.at("transformer.wte.weight");
  EXPECT_NO_THROW(model.tensors());
  model.parts["lm_head.weight"].numbers[66] += 1;
  expect_contains(error_of([&] { model.tensors(); }), "are one tensor, and they differ");
  model.config["tie_word_embeddings"] = false;
  EXPECT_TRUE(model.tensors()->contains("head.weight"));
}

/// RoBERTa's first token has the position 2: of its rows, two hold none.
TEST(OutsideModel, ATableOfPositionsHoldsTwoTokensLessForRoberta) {
  Changed model("roberta");
  EXPECT_EQ(model.open().config({}).model.context, 19);
  const std::vector<std::string> fits{"batch.length=19"}, longer{"batch.length=20"};
  EXPECT_EQ(model.open().config(fits).sequence_length(), 19);
  expect_contains(error_of([&] { model.open().config(longer); }),
                  "batch.length = 20 exceeds model.context = 19");
  EXPECT_EQ(model.tensors()->type("positions").shape, (Shape{21, 24}));
}

TEST(OutsideModel, AModelWithoutATypeIsToldByItsTensors) {
  Changed model("bert-pretraining");
  model.config.erase("model_type");
  model.config.erase("architectures");
  EXPECT_EQ(model.open().family().model_type, "bert");
  model.parts.clear();
  model.parts["x"] = {{1}, {1}};
  expect_contains(error_of([&] { model.open(); }), "write \"model_type\"");
}

TEST(OutsideModel, NewTokensBeginAsTheMeanAndPaddingIsZero) {
  const OutsideModel model(shipped_models(), family_folder("gpt2"));
  const std::vector<std::string> sets{"model.vocab=72"};
  const Config config = model.config(sets);
  const auto source = model.tensors(config, 70);
  EXPECT_EQ(source->type("tokens").shape, (Shape{72, 20}));
  std::vector<float> all(72 * 20), part(6 * 7);
  source->read("tokens", Box::whole({72, 20}), all.data());
  for (size_t i = 0; i < 20; ++i) {
    double sum = 0;
    for (size_t row = 0; row < 67; ++row) sum += static_cast<double>(all[row * 20 + i]);
    for (size_t row = 67; row < 70; ++row)
      EXPECT_FLOAT_EQ(all[row * 20 + i], static_cast<float>(sum / 67));
    for (size_t row = 70; row < 72; ++row) EXPECT_EQ(all[row * 20 + i], 0);
  }
  source->read("tokens", {{{65, 71}, {5, 12}}}, part.data());
  for (size_t row = 0; row < 6; ++row)
    for (size_t i = 0; i < 7; ++i) EXPECT_EQ(part[row * 7 + i], all[(65 + row) * 20 + 5 + i]);
}

/// Counts the numbers that are read.
class Counting : public ForeignTensors {
 public:
  explicit Counting(const std::string& folder) : file_(open_tensor_files(folder)) {}
  std::string title() const override { return file_->title(); }
  std::vector<std::string> names() const override { return file_->names(); }
  bool contains(const std::string& name) const override { return file_->contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override {
    return file_->tensor(name);
  }
  void read(const std::string& name, int64_t first, std::span<float> out) const override {
    read_numbers += std::ssize(out);
    file_->read(name, first, out);
  }
  mutable int64_t read_numbers = 0;

 private:
  std::unique_ptr<ForeignTensors> file_;
};

TEST(OutsideModel, ARankReadsItsBoxesAlone) {
  for (const char* name : {"gpt2-untied", "llama", "qwen2", "roberta"}) {
    const OutsideModel model(shipped_models(), family_folder(name));
    const Config config = model.config({});
    const auto file = std::make_shared<Counting>(family_folder(name));
    const auto parameters = parameters_of(shipped_models(), config, model.rows());
    OutsideSource source(
        file, model.family(), outside_names(model.family(), *file),
        outside_parts(model.family(), nullptr, parameters, outside_sizes(config, model.rows())),
        model.rows());
    file->read_numbers = 0;
    for (const Parameter& p : parameters) {
      Box box = Box::whole(p.shape);
      for (Range& range : box.dims)
        range = {range.size() / 3, range.size() / 3 + (range.size() + 1) / 2};
      std::vector<float> out(static_cast<size_t>(box.numel()));
      const int64_t before = file->read_numbers;
      source.read(p.name, box, out.data());
      EXPECT_EQ(file->read_numbers - before, box.numel()) << name << " " << p.name;
      std::vector<float> all(static_cast<size_t>(numel(p.shape))), due(out.size());
      source.read(p.name, Box::whole(p.shape), all.data());
      copy_box(box, Box::whole(p.shape), all.data(), box, due.data(), sizeof(float));
      EXPECT_EQ(out, due) << name << " " << p.name;
    }
  }
}

}  // namespace
}  // namespace tessera::testing
