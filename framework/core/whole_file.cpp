#include "framework/core/whole_file.h"

#include <system_error>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/core/mapped_file.h"

namespace tessera {

std::string whole_text(const std::filesystem::path& path) {
  const MappedFile file(path);
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

void replace_file(const std::filesystem::path& path, std::string_view text,
                  std::string_view writer) {
  namespace fs = std::filesystem;
  const fs::path beside = path.string() + std::string(writer) + ".tmp";
  std::error_code error;
  fs::remove(beside, error);
  try {
    write_durable(beside, text);
  } catch (...) {
    fs::remove(beside, error);
    throw;
  }
  fs::rename(beside, path, error);
  require(!error, "cannot replace {}: {}", path.string(), error.message());
}

}  // namespace tessera
