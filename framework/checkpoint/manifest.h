// What a checkpoint directory holds: its files and, for each global tensor, the boxes it was cut
// into, each box with its file and checksum. The text is JSON whose first line carries the checksum
// of all that follows, so a damaged manifest is never believed. One writer's share of a checkpoint
// is a Manifest too; shares are joined by merge().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/mesh/box.h"

namespace tessera {

struct StoredFile {
  std::string name;
  int64_t bytes = 0;
  uint64_t checksum = 0;  // over a text file's bytes, or a safetensors file's header
};

struct StoredPart {
  std::string file;
  Box box;
  uint64_t checksum = 0;  // over the box's bytes
};

struct StoredTensor {
  std::string name;
  TensorType type;  // the whole tensor's
  std::vector<StoredPart> parts;
};

struct Manifest {
  static constexpr int64_t kVersion = 1;
  int64_t step = 0;
  std::vector<StoredFile> files;
  std::vector<StoredTensor> tensors;

  const StoredFile* find_file(std::string_view name) const;

  /// Takes in another writer's share; throws UserError beginning with `what` when the shares
  /// disagree.
  void merge(const Manifest& share, const std::string& what);

  /// Why the parts do not make up every tensor exactly once; empty when they do.
  std::string incomplete() const;
};

std::string to_text(const Manifest& manifest);

/// Reads the text of a manifest; throws UserError that begins with `what` for text that is damaged,
/// of another version or not well formed. Completeness is not asked for: a share passes too.
Manifest parse_manifest(std::string_view text, const std::string& what);

/// Puts the checksum line in front of the rest of a manifest.
std::string seal(std::string_view rest);

/// The name under which a part file holds this box of a tensor: the tensor's own name when the box
/// is the whole tensor.
std::string part_key(const std::string& name, const Shape& shape, const Box& box);

/// "part-00003.safetensors"
std::string part_file_name(int writer);

}  // namespace tessera
