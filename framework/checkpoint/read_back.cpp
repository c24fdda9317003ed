#include "framework/checkpoint/read_back.h"

#include <map>

#include "framework/core/error.h"
#include "framework/formats/checksum.h"
#include "framework/formats/safetensors_reader.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

void require_good(bool good, const fs::path& path, const std::string& place) {
  require(good,
          "{} does not read back as it was written ({}); check the disk and the memory of this "
          "machine",
          path.string(), place);
}

SafetensorsReader open_written(const fs::path& path, const StoredFile& file) {
  {
    const MappedFile bytes(path);
    require_good(std::ssize(bytes.bytes()) == file.bytes, path, "its length");
    require_good(checksum(safetensors_header_bytes(bytes.bytes())) == file.checksum, path,
                 "its header");
  }
  return SafetensorsReader(path);
}

}  // namespace

void require_reads_back(const fs::path& directory, const Manifest& share) {
  std::map<std::string, SafetensorsReader> files;
  for (const StoredFile& file : share.files)
    if (file.name.ends_with(".safetensors"))
      files.emplace(file.name, open_written(directory / file.name, file));
  for (const StoredTensor& tensor : share.tensors)
    for (const StoredPart& part : tensor.parts) {
      const std::string key = part_key(tensor.name, tensor.type.shape, part.box);
      require_good(files.at(part.file).sum(key) == part.checksum, directory / part.file,
                   fmt::format("'{}'", key));
    }
}

}  // namespace tessera
