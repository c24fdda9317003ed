// The index of safetensors in shards, beside files "a" with the tensors x and y and "b" with z.
#include "framework/formats/safetensors_tensors.h"
#include "framework/formats/safetensors_writer.h"
#include "framework/formats/tensor_files.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/read_tensors.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

void write_shard(const fs::path& path, const std::string& names) {
  SafetensorsWriter writer;
  for (const char name : names) writer.declare(std::string(1, name), TensorType{DType::f32, {2}});
  writer.create(path);
  for (const char name : names) writer.write(std::string(1, name), std::vector<std::byte>(8));
  writer.finish();
}

const TemporaryFolder& folder_of_shards() {
  static const TemporaryFolder folder;
  static const bool written = [] {
    write_shard(folder / "a", "xy");
    write_shard(folder / "b", "z");
    return true;
  }();
  static_cast<void>(written);
  return folder;
}

void read(std::string_view input) {
  const fs::path index = folder_of_shards() / "index.json";
  write_file(index, std::string(input));
  const TensorFiles files(
      index, [](const fs::path& path) { return std::make_unique<SafetensorsTensors>(path); });
  for (const std::string& name : files.names())
    check(name == "x" || name == "y" || name == "z", "tensor '{}' from nowhere", name);
  read_all_tensors(files);
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(safetensors_index, tessera::read)
