// Reads a checkpoint directory: any Box of any tensor, whatever boxes it was written in, so that
// resuming, resuming on another mesh and exporting are one path. Opening checks the manifest, that
// the parts make up every tensor, and the files' sizes; each part's checksum is checked when it is
// first read. All damage is a UserError naming the file. Only one thread may use a reader at a
// time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "framework/checkpoint/manifest.h"
#include "framework/checkpoint/tensor_source.h"
#include "framework/formats/safetensors_reader.h"

namespace tessera {

class CheckpointReader : public TensorSource {
 public:
  explicit CheckpointReader(const std::filesystem::path& directory);

  const std::filesystem::path& directory() const { return directory_; }
  int64_t step() const { return manifest_.step; }
  const std::string& config_text() const { return config_; }
  const std::string& run_json() const { return run_; }

  std::string title() const override { return directory_.string(); }
  /// {"step", "1000"}
  std::map<std::string, std::string> metadata() const override;
  /// The tensors' names, in the order in which they were written.
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return index_.contains(name); }
  const TensorType& type(const std::string& name) const override { return tensor(name).type; }
  void read(const std::string& name, const Box& box, void* destination) override;

  /// Reads every byte and compares every checksum. When several ranks share the work, each reads
  /// every `of`-th part, from the `share`-th on.
  void verify(int64_t share = 0, int64_t of = 1);

 private:
  const StoredTensor& tensor(const std::string& name) const;
  const SafetensorsReader& open_part(const std::string& file);
  /// The bytes of a part, after its checksum was found to match.
  std::span<const std::byte> good_bytes(const StoredTensor& tensor, const StoredPart& part);
  std::string read_text(const std::string& file) const;

  std::filesystem::path directory_;
  Manifest manifest_;
  std::string config_, run_;
  std::map<std::string, size_t> index_;  // name → place in manifest_.tensors
  std::map<std::string, SafetensorsReader> open_;
  std::set<const StoredPart*> verified_;
};

}  // namespace tessera
