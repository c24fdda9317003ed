// Safetensors as ForeignTensors, alone and in shards with an index, and the choice of a folder's
// files.
#include "framework/formats/tensor_files.h"

#include <nlohmann/json.hpp>

#include "framework/formats/safetensors_shards.h"
#include "tests/formats/golden.h"

namespace tessera {
namespace {

/// Writes tensors of 8 numbers each, called by one letter, one in each shard.
void write_shards(const fs::path& folder, const std::string& names) {
  SafetensorsShards shards(32);
  for (const char name : names) shards.declare(std::string(1, name), StoredType::f32, {2, 4});
  shards.create(folder);
  for (const char name : names)
    shards.write(std::string(1, name), std::vector<float>(8, static_cast<float>(name)));
  shards.finish();
}

/// Writes an index beside the shards of `write_shards(folder, "abc")`.
std::string refusal(const std::string& index) {
  static const TemporaryFolder folder;
  if (!fs::exists(folder / "model.safetensors.index.json")) write_shards(folder.path(), "abc");
  write_file(folder / "model.safetensors.index.json", index);
  return error_of([&] { open_tensor_files(folder.path()); });
}

TEST(TensorFiles, EveryTypeOfSafetensors) {
  const SafetensorsTensors file(golden_path("types.safetensors"));
  EXPECT_EQ(expect_golden(file, "safetensors"), 10);
  EXPECT_EQ(file.tensor("bfloat16").type, StoredType::bf16);
  EXPECT_EQ(file.metadata().at("format"), "pt");
  EXPECT_TRUE(file.contains("float8"));
  expect_contains(error_of([&] { file.tensor("float8"); }),
                  "tensor 'float8' is F8_E4M3, which Tessera does not read");
  std::vector<float> number(1);
  expect_contains(error_of([&] { file.read("uint16", 0, number); }), "is U16, which");
  expect_contains(error_of([&] { file.tensor("none"); }), "has no tensor 'none'");
  EXPECT_THROW(file.read("float32", 15, number), InternalError);
  EXPECT_THROW(file.read("float32", -1, number), InternalError);
}

TEST(TensorFiles, ShardsAreOne) {
  TemporaryFolder folder;
  write_shards(folder.path(), "cab");
  const auto tensors = open_tensor_files(folder.path());
  EXPECT_EQ(tensors->names(), (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_EQ(all_of(*tensors, "b"), std::vector<float>(8, 'b'));
  EXPECT_EQ(tensors->tensor("a").shape, (Shape{2, 4}));
  EXPECT_FALSE(tensors->contains("d"));
  expect_contains(error_of([&] { tensors->tensor("d"); }), "index.json has no tensor 'd'");
}

TEST(TensorFiles, IndexAndFilesMustBelongTogether) {
  const std::string a = "model-00001-of-00003.safetensors", b = "model-00002-of-00003.safetensors";
  const auto index = [](const std::map<std::string, std::string>& map) {
    return nlohmann::json{{"weight_map", map}}.dump();
  };
  std::string message =
      refusal(index({{"a", a}, {"b", "two.safetensors"}, {"c", "three.safetensors"}}));
  expect_contains(message,
                  "2 files that are missing beside it: three.safetensors, two.safetensors");
  message = refusal(index({{"a", a}, {"c", b}, {"x", a}}));
  expect_contains(message, "2 tensors are not in the file that the index says: x (" + a + "), c");
  expect_contains(message, "1 tensors of the files are not in the index: b (" + b + ")");
  for (const char* bad : {"../model.safetensors", "/etc/passwd", "..", "", "a\\b", "sub/x"})
    expect_contains(refusal(index({{"a", bad}})), "is no name of a file beside the index");
  expect_contains(refusal("{}"), "\"weight_map\" is missing");
  expect_contains(refusal(R"({"weight_map": []})"), "\"weight_map\" is no object");
  expect_contains(refusal(R"({"weight_map": {}})"), "names no tensor");
  expect_contains(refusal(R"({"weight_map": {"a": 1}})"), "a text is expected");
  expect_contains(refusal("{"), "is not JSON");
  expect_contains(refusal(R"({"weight_map": {"a": "x", "a": "y"}})"), "given twice");
  expect_contains(refusal(index({{"a", std::string(300, 'f')}})), "1 files that are missing");
  std::map<std::string, std::string> many;
  for (int i = 0; i < 30; ++i) many["t" + std::to_string(i)] = "f" + std::to_string(i);
  expect_contains(refusal(index(many)), " and 10 more");
}

TEST(TensorFiles, TheFilesOfAFolder) {
  TemporaryFolder folder;
  expect_contains(error_of([&] { open_tensor_files(folder.path()); }),
                  "holds no tensors: there is none of model.safetensors, model.safetensors.index");
  fs::copy_file(golden_path("torch.bin"), folder / "pytorch_model.bin");
  EXPECT_TRUE(open_tensor_files(folder.path())->contains("matrix"));
  fs::copy_file(golden_path("types.safetensors"), folder / "model.safetensors");
  EXPECT_FALSE(open_tensor_files(folder.path())->contains("matrix"));
  EXPECT_TRUE(open_tensor_files(golden_path("types.gguf"))->contains("Q4_0"));
  expect_contains(error_of([&] { open_tensor_files(folder / "weights.h5"); }),
                  "is no file of tensors that is known by its name");
  expect_contains(error_of([&] { open_tensor_files(folder / "no.safetensors"); }), "cannot open");
}

TEST(TensorFiles, AFileThatShrinks) {
  TemporaryFolder folder;
  fs::copy_file(golden_path("types.safetensors"), folder / "x.safetensors");
  const SafetensorsTensors file(folder / "x.safetensors");
  fs::resize_file(folder / "x.safetensors", 10);
  expect_contains(error_of([&] { all_of(file, "float32"); }), "before its tensors do");
}

TEST(TensorFiles, ShardsOfPytorch) {
  TemporaryFolder folder;
  fs::copy_file(golden_path("torch_stream.bin"), folder / "pytorch_model-00001-of-00001.bin");
  const SafetensorsTensors expected(golden_path("expected.safetensors"));
  nlohmann::json index;
  for (const std::string& name : expected.names())
    if (name.starts_with("torch/"))
      index["weight_map"][name.substr(6)] = "pytorch_model-00001-of-00001.bin";
  write_file(folder / "pytorch_model.bin.index.json", index.dump());
  EXPECT_EQ(expect_golden(*open_tensor_files(folder.path()), "torch"), 19);
}

}  // namespace
}  // namespace tessera
