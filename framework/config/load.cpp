#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "framework/config/parse.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

std::string text_of(const std::string& path) {
  constexpr std::uintmax_t kLargest = 1 << 20;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  require(std::filesystem::exists(status), "{}: no such config file", path);
  require(std::filesystem::is_regular_file(status),
          "{}: not a file; a config is one YAML file, such as those in configs/", path);
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  require(!error, "{}: cannot be read: {}", path, error.message());
  require(size <= kLargest, "{}: {} bytes are no config; is it the right file?", path, size);
  std::ifstream stream(path, std::ios::binary);
  require(stream.good(), "{}: cannot be opened: {}", path, std::strerror(errno));
  std::ostringstream text;
  text << stream.rdbuf();
  require(!stream.bad(), "{}: cannot be read: {}", path, std::strerror(errno));
  return text.str();
}

}  // namespace

Config load_config(const KnownKinds& kinds, const std::string& path,
                   std::span<const std::string> sets, WrittenBy writer) {
  return parse_config(kinds, text_of(path), path, sets, writer);
}

bool folder_follows_name(const KnownKinds& kinds, const std::string& path,
                         std::span<const std::string> sets) {
  const std::string text = text_of(path);
  return parse_config(kinds, text, "one.yaml", sets).log.folder !=
         parse_config(kinds, text, "another.yaml", sets).log.folder;
}

}  // namespace tessera
