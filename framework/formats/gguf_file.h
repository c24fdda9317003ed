// A GGUF file, versions 2 and 3, little-endian: its metadata, and its tensors as ForeignTensors.
// GGUF counts dims from the fastest; here shapes are row-major as everywhere else. Tensors of
// ggml's other quantised types (Q4_K, …) are listed, and refused by name when they are asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/core/mapped_file.h"
#include "framework/formats/foreign_tensors.h"
#include "framework/formats/gguf_metadata.h"
#include "framework/formats/random_access_file.h"

namespace tessera {

class GgufFile final : public ForeignTensors {
 public:
  /// Throws UserError naming the file when it is missing, damaged or no GGUF file.
  explicit GgufFile(const std::filesystem::path& path);

  const GgufMetadata& metadata() const { return metadata_; }
  /// Multiples of this many bytes at which the tensors begin.
  int64_t alignment() const { return alignment_; }

  std::string title() const override { return file_.path().string(); }
  std::vector<std::string> names() const override { return names_; }
  bool contains(const std::string& name) const override { return places_.contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override;
  void read(const std::string& name, int64_t first, std::span<float> out) const override;

 private:
  struct Place {
    ForeignTensor tensor;
    uint32_t ggml_type;
    bool readable;
    int64_t offset;  // within the data, then within the file
  };
  void read_alignment();
  void add_tensor(ByteCursor& cursor);
  const Place& place(const std::string& name) const;

  RandomAccessFile file_;
  MappedFile head_;  // holds the bytes of the metadata
  GgufMetadata metadata_;
  int64_t alignment_ = 32;
  std::vector<std::string> names_;
  std::map<std::string, Place> places_;
};

}  // namespace tessera
