// Models go out as GGUF files: what they hold, and what GGUF has no name for.
#include <nlohmann/json.hpp>

#include "framework/formats/gguf_file.h"
#include "tests/data/text_folder.h"
#include "tests/launch/reference_models.h"

namespace tessera {
namespace {

using Json = nlohmann::json;

/// All numbers of a file, by tensor.
std::map<std::string, std::vector<float>> numbers_of(const ForeignTensors& file) {
  std::map<std::string, std::vector<float>> out;
  for (const std::string& name : file.names()) {
    out[name].resize(static_cast<size_t>(numel(file.tensor(name).shape)));
    file.read(name, 0, out[name]);
  }
  return out;
}

using ExportGguf = ReferenceModels;

TEST_F(ExportGguf, OfGpt2) {
  make_run(kGpt);
  const ProgramRun run = good(
      {"export", path("run"), "--as", "gguf", "--out", path("my.gguf"), "--verify", "the cat sat"});
  expect_contains(run.out, "gpt2 in GGUF, 16 tensors");
  expect_contains(run.out, "verified: ");
  const GgufFile file(path("my.gguf"));
  const GgufMetadata& keys = file.metadata();
  EXPECT_EQ(keys.text("general.architecture"), "gpt2");
  EXPECT_EQ(keys.type("gpt2.context_length"), "u32");
  EXPECT_EQ(keys.integer("gpt2.context_length"), 16);
  EXPECT_EQ(keys.integer("gpt2.feed_forward_length"), 128);
  EXPECT_EQ(keys.type("gpt2.attention.layer_norm_epsilon"), "f32");
  EXPECT_EQ(keys.text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(keys.text("tokenizer.ggml.pre"), "gpt-2");
  const std::vector<std::string> tokens = keys.texts("tokenizer.ggml.tokens");
  ASSERT_EQ(std::ssize(tokens), file.tensor("token_embd.weight").shape.at(0));
  const auto end = static_cast<size_t>(keys.integer("tokenizer.ggml.eos_token_id"));
  EXPECT_EQ(tokens.at(end), "<|endoftext|>");
  EXPECT_EQ(keys.integers("tokenizer.ggml.token_type").at(end), 3);
  EXPECT_NE(std::ranges::find(tokens, "Ġ"), tokens.end()) << "bytes are spelled as characters";
  EXPECT_FALSE(keys.texts("tokenizer.ggml.merges").empty());
  EXPECT_FALSE(keys.flag("tokenizer.ggml.add_bos_token"));
}

TEST_F(ExportGguf, OfLlamaComesBackToTheBit) {
  make_run(kLlama);
  good({"export", path("run"), "--as", "gguf", "--out", path("one.gguf")});
  const GgufFile one(path("one.gguf"));
  const GgufMetadata& keys = one.metadata();
  EXPECT_EQ(keys.integer("llama.attention.head_count_kv"), 2);
  EXPECT_EQ(keys.integer("llama.rope.dimension_count"), 8);
  EXPECT_EQ(keys.type("llama.rope.freq_base"), "f32");
  EXPECT_EQ(keys.text("llama.rope.scaling.type"), "linear");
  EXPECT_EQ(keys.real("llama.rope.scaling.factor"), 2);
  // A GGUF file as the source: its tokenizer is copied.
  good({"export", path("one.gguf"), "--as", "gguf", "--out", path("two.gguf")});
  const GgufFile two(path("two.gguf"));
  EXPECT_EQ(numbers_of(one), numbers_of(two));
  EXPECT_EQ(two.metadata().texts("tokenizer.ggml.tokens"), keys.texts("tokenizer.ggml.tokens"));
  // And by way of a folder of transformers, whose rows of queries and keys lie otherwise.
  good({"export", path("run"), "--out", path("hf")});
  good({"export", path("hf"), "--as", "gguf", "--out", path("three.gguf")});
  const GgufFile three(path("three.gguf"));
  EXPECT_EQ(numbers_of(one), numbers_of(three));
  EXPECT_EQ(three.metadata().texts("tokenizer.ggml.merges"), keys.texts("tokenizer.ggml.merges"));
}

/// With biases of queries, keys and values it is a Qwen 2, whose rows lie as transformers has them.
TEST_F(ExportGguf, OfQwen2AndScaledPositions) {
  const std::string begin =
      "{type: gpt, layers: 1, hidden: 32, heads: 4, kv_heads: 2, context: 64, positions: rotary, "
      "norm: rms, activation: silu_gated, mlp_hidden: 48, rope_factor: 4, rope_original_context: "
      "32, ";
  make_run(begin + "bias: qkv, rope_scaling: yarn, rope_low: 1, rope_high: 32}");
  good({"export", path("run"), "--as", "gguf", "--out", path("one.gguf"), "--verify", "the cat"});
  const GgufFile one(path("one.gguf"));
  EXPECT_EQ(one.metadata().text("general.architecture"), "qwen2");
  EXPECT_EQ(one.metadata().text("qwen2.rope.scaling.type"), "yarn");
  EXPECT_EQ(one.metadata().integer("qwen2.rope.scaling.original_context_length"), 32);
  EXPECT_TRUE(one.contains("blk.0.attn_k.bias"));
  expect_contains(bad({"export", path("run"), "--as", "gguf", "--out", path("no.gguf"), "--set",
                       "model.rope_high=16"}),
                  "model.rope_high is 16, qwen2 has 32");
  fs::remove_all(path("run"));
  fs::remove_all(path("shards"));
  fs::remove_all(path("tok"));
  make_run(begin + "bias: false, rope_scaling: llama3, rope_low: 1, rope_high: 4}");
  good({"export", path("run"), "--as", "gguf", "--out", path("two.gguf"), "--verify", "the cat"});
  const GgufFile two(path("two.gguf"));
  EXPECT_EQ(two.metadata().text("llama.rope.scaling.type"), "none");
  EXPECT_EQ(two.tensor("rope_freqs.weight").shape, Shape{4});
  EXPECT_EQ(numbers_of(two).at("rope_freqs.weight").back(), 4);
  good({"export", path("two.gguf"), "--as", "gguf", "--out", path("three.gguf")});
  EXPECT_EQ(numbers_of(two).at("rope_freqs.weight"),
            numbers_of(GgufFile(path("three.gguf"))).at("rope_freqs.weight"));
}

/// Where a file names no token that begins or ends texts, llama.cpp takes one.
TEST_F(ExportGguf, SaysWhichTokenIsTakenForTheEnd) {
  make_run(kGpt);
  good({"export", path("run"), "--out", path("hf")});
  Json tokenizer = Json::parse(read_file(path("hf/tokenizer.json")));
  tokenizer["added_tokens"] = Json::array();
  write_file(folder_ / "hf/tokenizer.json", tokenizer.dump());
  write_file(folder_ / "hf/tokenizer_config.json", "{}");
  const ProgramRun run = good({"export", path("hf"), "--as", "gguf", "--out", path("my.gguf")});
  expect_contains(run.out, "the tokenizer has no token that begins texts; llama.cpp takes 11 ('");
  expect_contains(run.out, "the tokenizer has no token that ends texts; llama.cpp takes 11 ('");
  const GgufFile file(path("my.gguf"));
  EXPECT_FALSE(file.metadata().has("tokenizer.ggml.eos_token_id"));
}

TEST_F(ExportGguf, TypesOfTensors) {
  make_run(kLlama);
  const ProgramRun run = good({"export", path("run"), "--as", "gguf", "--out", path("my.gguf"),
                               "--dtype", "q8_0", "--verify", "the cat sat"});
  expect_contains(run.out, "1 tensors are f16: 32 does not divide their rows");
  const GgufFile file(path("my.gguf"));
  EXPECT_EQ(file.tensor("token_embd.weight").type, StoredType::q8_0);
  EXPECT_EQ(file.tensor("blk.0.ffn_down.weight").type, StoredType::f16) << "rows of 48";
  EXPECT_EQ(file.tensor("blk.0.attn_norm.weight").type, StoredType::f32);
  EXPECT_EQ(file.metadata().integer("general.file_type"), 7);
  good({"export", path("run"), "--as", "gguf", "--out", path("half.gguf"), "--dtype", "bf16"});
  EXPECT_EQ(GgufFile(path("half.gguf")).tensor("token_embd.weight").type, StoredType::bf16);
  // The type that it came in.
  good({"export", path("half.gguf"), "--as", "gguf", "--out", path("same.gguf")});
  EXPECT_EQ(GgufFile(path("same.gguf")).tensor("token_embd.weight").type, StoredType::bf16);
}

TEST_F(ExportGguf, AChatTemplateGoesAlong) {
  make_run(kGpt);
  good({"export", path("run"), "--out", path("hf")});
  write_file(folder_ / "hf/chat_template.jinja", "{{ messages }}");
  good({"export", path("hf"), "--as", "gguf", "--out", path("my.gguf")});
  EXPECT_EQ(GgufFile(path("my.gguf")).metadata().text("tokenizer.chat_template"), "{{ messages }}");
}

TEST_F(ExportGguf, SaysWhatGgufHasNoNameFor) {
  const auto said = [&](const std::string& source) {
    return bad({"export", source, "--as", "gguf", "--out", path("my.gguf")});
  };
  expect_contains(said(family("llama")), "the tokenizer is WordLevel");
  expect_contains(said(family("mistral")), "model.window is ");
  expect_contains(said(family("llama-dynamic")), "model.rope_scaling is dynamic");
  expect_contains(said(family("llama-bias")), "model.bias is true, llama has false");
  expect_contains(said(family("bert")), "model.type is bert");
  make_run(kGpt);
  good({"export", path("run"), "--out", path("hf")});
  const Json tokenizer = Json::parse(read_file(path("hf/tokenizer.json")));
  const auto changed = [&](const char* pointer, const Json& value) {
    Json other = tokenizer;
    other[Json::json_pointer(pointer)] = value;
    write_file(folder_ / "hf/tokenizer.json", other.dump());
    return said(path("hf"));
  };
  expect_contains(changed("/normalizer", {{"type", "Lowercase"}}), "has a normalizer");
  expect_contains(changed("/pre_tokenizer/add_prefix_space", true),
                  "pre_tokenizer is none that GGUF has a name for");
  expect_contains(changed("/added_tokens/0/lstrip", true),
                  "the added token '<|endoftext|>' has lstrip");
  fs::remove(path("hf/tokenizer.json"));
  fs::remove(path("hf/tokenizer_config.json"));
  expect_contains(said(path("hf")), "no files of a tokenizer beside the weights");
  EXPECT_FALSE(fs::exists(path("my.gguf")));
  EXPECT_FALSE(fs::exists(path(".my.gguf.partial")));
}

TEST_F(ExportGguf, OptionsThatDoNotGoTogether) {
  const std::string gpt2 = family("gpt2");
  expect_contains(bad({"export", gpt2, "--as", "gguf", "--out", path("folder")}),
                  "does not end in .gguf");
  write_file(folder_ / "old.gguf", "old");
  expect_contains(bad({"export", gpt2, "--as", "gguf", "--out", path("old.gguf")}),
                  "exists; name another file");
  expect_contains(bad({"export", gpt2, "--as", "gguf", "--out", path("no/my.gguf")}),
                  "there is no folder");
  expect_contains(bad({"export", gpt2, "--out", path("a"), "--dtype", "q8_0"}), "add --as gguf");
  expect_contains(
      bad({"export", gpt2, "--as", "gguf", "--out", path("a.gguf"), "--shard-size", "1GB"}),
      "a GGUF file is whole");
  expect_contains(bad({"export", gpt2, "--out", path("a"), "--pool", "mean"}),
                  "--pool is of --as sentence-transformers");
  EXPECT_EQ(read_file(path("old.gguf")), "old");
}

}  // namespace
}  // namespace tessera
