// Weights as Hugging Face's libraries expect them in a folder: model.safetensors, or shards of a
// bounded size and their index. One tensor is in memory at a time.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/core/durable_file.h"
#include "framework/formats/safetensors_header.h"
#include "framework/formats/stored_type.h"

namespace tessera {

class WeightFiles {
 public:
  WeightFiles(std::filesystem::path folder, int64_t most_bytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  void declare(const std::string& name, const Shape& shape, StoredType type);
  /// Creates the files, after all tensors are declared.
  void begin();
  void write(const std::string& name, std::span<const float> numbers);
  void finish();

  int64_t bytes() const { return bytes_; }
  int64_t files() const { return std::ssize(shards_); }

 private:
  struct Shard {
    std::string file;
    SafetensorsHeader header;
    std::unique_ptr<DurableFile> out;
    int64_t data = 0;  // where it begins in the file
  };
  struct Place {
    size_t shard;
    int64_t begin;
    StoredType type;
    int64_t bytes;
  };

  std::filesystem::path folder_;
  int64_t most_bytes_, bytes_ = 0;
  std::vector<Shard> shards_;
  std::vector<std::string> order_;
  std::map<std::string, Place> places_;
};

}  // namespace tessera
