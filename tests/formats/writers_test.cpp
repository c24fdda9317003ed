// The writers for other programs: what they write is read back, and has the bytes of the formats.
#include <nlohmann/json.hpp>

#include "framework/formats/gguf_file.h"
#include "framework/formats/gguf_writer.h"
#include "framework/formats/safetensors_shards.h"
#include "framework/formats/tensor_files.h"
#include "tests/formats/golden.h"

namespace tessera {
namespace {

/// Small numbers that f16 and bf16 hold exactly.
std::vector<float> numbers(size_t count) {
  std::vector<float> all(count);
  for (size_t i = 0; i < count; ++i) all[i] = static_cast<float>(static_cast<int>(i % 200) - 100);
  return all;
}

TEST(SafetensorsShards, SplitsByTheOrderOfDeclaration) {
  TemporaryFolder folder;
  SafetensorsShards shards(100);
  const std::vector<std::pair<std::string, size_t>> tensors = {
      {"e", 10}, {"large", 80}, {"b", 20}, {"none", 0}, {"d", 30}, {"a", 25}};
  for (const auto& [name, count] : tensors)
    shards.declare(name, name == "large" ? StoredType::f32 : StoredType::f16,
                   {static_cast<int64_t>(count)});
  shards.create(folder.path());
  for (size_t t = tensors.size(); t-- > 0;) {
    const auto& [name, count] = tensors[t];
    const std::vector<float> all = numbers(count);
    shards.write(name, std::span(all).first(count / 3));
    shards.write(name, std::span(all).subspan(count / 3));
  }
  shards.finish();
  const std::vector<std::string> files = {
      "model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors",
      "model-00003-of-00004.safetensors", "model-00004-of-00004.safetensors",
      "model.safetensors.index.json"};
  EXPECT_EQ(shards.files(), files);
  const auto index = nlohmann::json::parse(read_file(folder / files.back()));
  EXPECT_EQ(index["metadata"]["total_size"], 20 + 320 + 40 + 60 + 50);
  EXPECT_EQ(index["weight_map"]["large"], files[1]);
  EXPECT_EQ(index["weight_map"]["d"], files[2]);
  const auto back = open_tensor_files(folder.path());
  for (const auto& [name, count] : tensors) EXPECT_EQ(all_of(*back, name), numbers(count));
  EXPECT_EQ(back->tensor("a").type, StoredType::f16);
}

TEST(SafetensorsShards, OneFileHasNoIndex) {
  TemporaryFolder folder;
  SafetensorsShards shards;
  shards.declare("w", StoredType::bf16, {3, 2});
  shards.create(folder.path());
  shards.write("w", numbers(6));
  shards.finish();
  EXPECT_EQ(shards.files(), std::vector<std::string>{"model.safetensors"});
  const SafetensorsTensors file(folder / "model.safetensors");
  EXPECT_EQ(file.metadata().at("format"), "pt");
  EXPECT_EQ(all_of(file, "w"), numbers(6));
  SafetensorsShards again;
  again.declare("w", StoredType::f32, {1});
  again.create(folder.path());
  expect_contains(error_of([&] { again.write("w", numbers(1)); }), "model.safetensors");
}

TEST(SafetensorsShards, Refuses) {
  TemporaryFolder folder;
  SafetensorsShards shards;
  shards.declare("w", StoredType::f32, {4});
  expect_contains(error_of([&] { shards.declare("w", StoredType::f16, {1}); }), "declared twice");
  expect_contains(error_of([&] { shards.declare("q", StoredType::q8_0, {32}); }),
                  "safetensors has no type q8_0: choose f32, f16 or bf16");
  expect_contains(error_of([] { SafetensorsShards none(0); }), "a shard of 0 bytes");
  EXPECT_THROW(shards.write("w", numbers(1)), InternalError);
  shards.create(folder.path());
  EXPECT_THROW(shards.write("x", numbers(1)), InternalError);
  EXPECT_THROW(shards.write("w", numbers(5)), InternalError);
  shards.write("w", numbers(3));
  EXPECT_THROW(shards.finish(), InternalError);
}

TEST(GgufWriter, ReadBack) {
  TemporaryFolder folder;
  GgufWriter writer;
  writer.add_text("general.architecture", "llama");
  writer.add_flag("flag", true);
  writer.add_u32("u32", 4000000000u);
  writer.add_u64("u64", uint64_t{1} << 40);
  writer.add_i32("i32", -5);
  writer.add_f32("f32", 1e-5f);
  const std::vector<std::string> texts = {"a", "", "ß"};
  writer.add_texts("texts", texts);
  writer.add_i32s("i32s", std::vector<int32_t>{1, -1});
  writer.add_f32s("f32s", std::vector<float>{0.5f});
  writer.declare("norm", StoredType::f32, {5});
  writer.declare("q", StoredType::q8_0, {3, 64});
  writer.declare("half", StoredType::f16, {7, 3});
  writer.declare("brain", StoredType::bf16, {2, 3, 4});
  writer.create(folder / "x.gguf");
  writer.write("brain", numbers(24));
  writer.write("q", numbers(64));
  writer.write("q", std::vector<float>(128, 127.0f));
  writer.write("norm", numbers(5));
  writer.write("half", numbers(21));
  writer.finish();
  EXPECT_EQ(fs::file_size(folder / "x.gguf") % 32, 0u);
  const GgufFile file(folder / "x.gguf");
  const GgufMetadata& keys = file.metadata();
  EXPECT_EQ(keys.text("general.architecture"), "llama");
  EXPECT_TRUE(keys.flag("flag"));
  EXPECT_EQ(keys.integer("u32"), 4000000000);
  EXPECT_EQ(keys.integer("u64"), int64_t{1} << 40);
  EXPECT_EQ(keys.integer("i32"), -5);
  EXPECT_EQ(keys.real("f32"), static_cast<double>(1e-5f));
  EXPECT_EQ(keys.texts("texts"), texts);
  EXPECT_EQ(keys.integers("i32s"), (std::vector<int64_t>{1, -1}));
  EXPECT_EQ(keys.reals("f32s"), std::vector<double>{0.5});
  EXPECT_EQ(file.names(), (std::vector<std::string>{"norm", "q", "half", "brain"}));
  EXPECT_EQ(file.tensor("brain").shape, (Shape{2, 3, 4}));
  EXPECT_EQ(all_of(file, "brain"), numbers(24));
  EXPECT_EQ(all_of(file, "half"), numbers(21));
  EXPECT_EQ(all_of(file, "norm"), numbers(5));
  EXPECT_EQ(file.tensor("q").type, StoredType::q8_0);
  EXPECT_EQ(all_of(file, "q")[100], 127.0f);
}

TEST(GgufWriter, TypesOfTensors) {
  EXPECT_EQ(gguf_type(StoredType::q8_0, {4, 64}), StoredType::q8_0);
  EXPECT_EQ(gguf_type(StoredType::q8_0, {64, 33}), StoredType::f16);
  EXPECT_EQ(gguf_type(StoredType::q8_0, {64}), StoredType::f32);
  EXPECT_EQ(gguf_type(StoredType::bf16, {4, 33}), StoredType::bf16);
}

TEST(GgufWriter, Refuses) {
  TemporaryFolder folder;
  GgufWriter writer;
  writer.add_u32("k", 1);
  expect_contains(error_of([&] { writer.add_i32("k", 1); }),
                  "key 'k' of a GGUF file is given twice");
  writer.declare("w", StoredType::f32, {4});
  expect_contains(error_of([&] { writer.declare("w", StoredType::f32, {4}); }), "declared twice");
  expect_contains(error_of([&] { writer.declare(std::string(64, 'n'), StoredType::f32, {4}); }),
                  "GGUF allows names of 63 bytes");
  expect_contains(error_of([&] {
                    writer.declare("x", StoredType::f32, {1, 1, 1, 1, 1});
                  }),
                  "has 5 dims; GGUF allows 4");
  expect_contains(error_of([&] { writer.declare("x", StoredType::q8_0, {8}); }),
                  "do not divide into the blocks of 32");
  EXPECT_THROW(writer.finish(), InternalError);
  writer.create(folder / "x");
  EXPECT_THROW(writer.add_u32("late", 1), InternalError);
  EXPECT_THROW(writer.write("none", numbers(1)), InternalError);
  EXPECT_THROW(writer.write("w", numbers(5)), InternalError);
  EXPECT_THROW(writer.finish(), InternalError);
}

}  // namespace
}  // namespace tessera
