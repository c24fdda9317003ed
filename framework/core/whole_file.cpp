#include "framework/core/whole_file.h"

#include <system_error>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"

namespace tessera {

void replace_file(const std::filesystem::path& path, std::string_view text) {
  namespace fs = std::filesystem;
  const fs::path beside = path.string() + ".tmp";
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
