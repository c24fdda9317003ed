#include "framework/data/path_pattern.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

class Expansion {
 public:
  Expansion(const fs::path& pattern, bool include_hidden) : include_hidden_(include_hidden) {
    for (const fs::path& part : pattern.relative_path())
      if (!part.empty()) parts_.push_back(part);  // empty: after a slash at the end
  }

  std::vector<fs::path> from(const fs::path& root) {
    match(root, 0);
    return std::move(found_);
  }

 private:
  /// Adds what parts_ from `part` on match in `folder`.
  void match(const fs::path& folder, size_t part) {
    if (part == parts_.size()) {
      if (given_.insert(folder).second) found_.push_back(folder);
      return;
    }
    const std::string name = parts_[part].string();
    if (name == "**") return match_any_depth(folder, part);
    if (!is_path_pattern(name)) {
      const fs::path path = folder / name;
      std::error_code error;
      if (fs::exists(fs::symlink_status(path, error))) match(path, part + 1);
      return;
    }
    const int flags = include_hidden_ ? 0 : FNM_PERIOD;
    for (const fs::path& entry : entries(folder))
      if (::fnmatch(name.c_str(), entry.c_str(), flags) == 0) match(folder / entry, part + 1);
  }

  void match_any_depth(const fs::path& folder, size_t part) {
    struct stat status {};
    if (::stat(folder.empty() ? "." : folder.c_str(), &status) != 0) return;
    // Links can lead back: no folder is gone through twice for one `**`.
    if (!walked_.emplace(part, status.st_dev, status.st_ino).second) return;
    if (part + 1 == parts_.size()) {
      match(folder.empty() ? "." : folder, part + 1);
      return;  // the folder stands for all that lies below it
    }
    match(folder, part + 1);
    for (const fs::path& entry : entries(folder)) {
      std::error_code error;
      if (!include_hidden_ && entry.native().starts_with('.')) continue;
      if (fs::is_directory(folder / entry, error)) match_any_depth(folder / entry, part);
    }
  }

  /// The names in `folder`, sorted; none where it cannot be read.
  static std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> names;
    std::error_code error;
    for (fs::directory_iterator it(folder.empty() ? "." : folder, error), end; !error && it != end;
         it.increment(error))
      names.push_back(it->path().filename());
    std::sort(names.begin(), names.end(),
              [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
    return names;
  }

  std::vector<fs::path> parts_;
  bool include_hidden_;
  std::vector<fs::path> found_;
  std::set<fs::path> given_;
  std::set<std::tuple<size_t, dev_t, ino_t>> walked_;
};

}  // namespace

bool is_path_pattern(const fs::path& path) {
  return path.native().find_first_of("*?[") != std::string::npos;
}

std::vector<fs::path> expand_path_pattern(const fs::path& pattern, bool include_hidden) {
  return Expansion(pattern, include_hidden).from(pattern.root_path());
}

}  // namespace tessera
