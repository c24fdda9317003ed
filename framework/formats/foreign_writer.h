// ForeignWriter: a file, or several that belong together, with tensors for other programs. Declare
// every tensor, create the files, then write the numbers of each tensor in pieces, tensors in any
// order; nothing is held in memory. A writer that is not finished leaves broken files behind: write
// into a temporary folder.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "framework/core/tensor_type.h"
#include "framework/formats/stored_type.h"

namespace tessera {

class ForeignWriter {
 public:
  virtual ~ForeignWriter() = default;

  /// Declares a tensor that is stored as f32, f16, bf16 or, where the format has it, q8_0. Throws
  /// UserError for a name given twice or a type that the format lacks.
  virtual void declare(const std::string& name, StoredType type, const Shape& shape) = 0;

  /// Creates the files, none of which may exist: `path` is a file or a folder, as the format has it.
  virtual void create(const std::filesystem::path& path) = 0;

  /// Writes the next numbers of a tensor, made of whole blocks of its type; see from_floats.
  virtual void write(const std::string& name, std::span<const float> numbers) = 0;

  /// Checks that every tensor is complete and waits for the disk.
  virtual void finish() = 0;
};

}  // namespace tessera
