// Writes a safetensors file as a stream: declare every tensor, then write their bytes in pieces, in
// any order of tensors; nothing is held in memory. The data is ordered by element size (largest
// first, then as declared), so that every tensor is aligned to its element when the file is mapped.
// A writer that is not finished leaves a broken file behind: write into a temporary directory.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "framework/core/durable_file.h"
#include "framework/formats/safetensors_header.h"
#include "framework/formats/stored_type.h"

namespace tessera {

class SafetensorsWriter {
 public:
  explicit SafetensorsWriter(std::map<std::string, std::string> metadata = {});

  /// Declares a tensor, before create(). A name given twice is a UserError.
  void declare(const std::string& name, const TensorType& type);
  /// A type that the format lacks is a UserError.
  void declare(const std::string& name, StoredType type, const Shape& shape);

  /// Bytes of the whole file with the tensors declared so far.
  int64_t file_bytes() const;

  /// Creates the file, which must not exist, and writes the header.
  void create(const std::filesystem::path& path);

  /// Writes the next bytes of a tensor.
  void write(const std::string& name, std::span<const std::byte> bytes);

  /// Checks that every tensor is complete and waits for the disk.
  void finish();

  /// The bytes before the data, known once the file is created.
  const std::string& header_text() const { return header_text_; }

 private:
  void declare(SafetensorsEntry entry, size_t element_bytes);
  /// Sets the byte ranges in the order of the data.
  SafetensorsHeader placed() const;

  std::map<std::string, std::string> metadata_;
  struct Progress {
    int64_t at, end;  // file offsets: next byte, one past the last
  };
  std::vector<SafetensorsEntry> declared_;
  std::vector<size_t> element_bytes_;  // the element size of each of declared_
  std::map<std::string, Progress> progress_;
  std::string header_text_;
  std::optional<DurableFile> file_;
};

}  // namespace tessera
