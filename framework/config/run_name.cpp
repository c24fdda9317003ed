#include "framework/config/run_name.h"

#include <filesystem>

#include "framework/config/value.h"

namespace tessera {
namespace {

std::string stem_of(const std::string& config_file) {
  return std::filesystem::path(config_file).stem().string();
}

}  // namespace

std::string run_folder_of(const std::string& config_file) {
  std::string name = stem_of(config_file);
  for (size_t bad = 0; !is_plain_text(name, false, bad);) name[bad] = '-';
  const bool is_a_name = !name.empty() && name != "." && name != "..";
  return "runs/" + (is_a_name ? name : "run");
}

std::string earlier_run_folder_of(const std::string& config_file) {
  std::string name = stem_of(config_file);
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '_' && c != '.') c = '-';
  }
  return "runs/" + (name.find_first_not_of("-.") == std::string::npos ? "run" : name);
}

}  // namespace tessera
