// Writes safetensors for other programs, in shards of limited size, as Hugging Face's libraries do:
// model-00001-of-00003.safetensors and so on with model.safetensors.index.json, or model.safetensors
// alone. Tensors fill the shards in the order of their declaration; one that is larger than the
// limit gets a shard of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/formats/foreign_writer.h"
#include "framework/formats/safetensors_writer.h"

namespace tessera {

class SafetensorsShards final : public ForeignWriter {
 public:
  static constexpr int64_t kShardBytes = 5'000'000'000;  // what transformers writes

  /// `metadata` goes into every shard; {"format": "pt"} is what transformers asks for.
  explicit SafetensorsShards(int64_t shard_bytes = kShardBytes,
                             std::map<std::string, std::string> metadata = {{"format", "pt"}});

  void declare(const std::string& name, StoredType type, const Shape& shape) override;
  /// `path` is the folder, which exists.
  void create(const std::filesystem::path& path) override;
  void write(const std::string& name, std::span<const float> numbers) override;
  void finish() override;

  /// Names of the files, the index included; known once they are created.
  std::vector<std::string> files() const;

 private:
  struct Shard {
    std::unique_ptr<SafetensorsWriter> writer;  // none when the file is complete
    int64_t bytes = 0, to_come = 0;
    bool created = false;
  };
  struct Tensor {
    size_t shard;
    StoredType type;
  };
  std::string file_name(size_t shard) const;
  void open(size_t shard);
  void write_index() const;

  int64_t shard_bytes_;
  std::map<std::string, std::string> metadata_;
  std::vector<Shard> shards_;
  std::map<std::string, Tensor> tensors_;
  std::filesystem::path folder_;
};

}  // namespace tessera
