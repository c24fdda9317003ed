#include "framework/data/source_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/input_file.h"
#include "framework/data/path_pattern.h"
#include "framework/data/shard_manifest.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartialEnding = ".partial";  // of OutputFile and OutputFolder

class Walk {
 public:
  Walk(SourceFiles& found, const std::vector<fs::path>& exclude, bool include_hidden)
      : found_(found), include_hidden_(include_hidden) {
    std::error_code ignored;
    for (const fs::path& path : exclude)
      if (!path.empty()) exclude_.insert(fs::weakly_canonical(path, ignored));
  }

  void input(const fs::path& path) {
    struct stat status {};
    if (path == kStandardInput) {
      if (std::exchange(standard_input_, true)) {
        ++found_.duplicates;
      } else {
        found_.files.push_back({.path = path, .named = true});
      }
      return;
    }
    if (is_path_pattern(path) && ::stat(path.c_str(), &status) != 0) return pattern(path);
    const int failed = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
    require(failed == 0, "{}: cannot read: {}", path.string(), std::strerror(failed));
    if (S_ISDIR(status.st_mode)) {
      std::error_code error;
      const fs::directory_iterator probe(path, error);
      require(!error, "{}: cannot read: {}", path.string(), error.message());
      require(!holds_token_shards(path),
              "{}: holds token shards, not text: it can be read as it is; set data.shards to it",
              path.string());
      folder(path, status);
    } else {
      require(S_ISREG(status.st_mode),
              "{}: not a regular file; write the text to one first, or pipe it in and name it `-`",
              path.string());
      add(path, status, /*named=*/true);
    }
  }

 private:
  void pattern(const fs::path& path) {
    const std::vector<fs::path> matches = expand_path_pattern(path, include_hidden_);
    require(!matches.empty(), "{}: nothing matches this pattern; name other files", path.string());
    for (const fs::path& match : matches) met(match);
  }

  void folder(const fs::path& path, const struct stat& status) {
    std::error_code error;
    if (!exclude_.empty() && exclude_.contains(fs::weakly_canonical(path, error))) return;
    if (!seen_.emplace(status.st_dev, status.st_ino).second) {
      ++found_.duplicates;
      return;
    }
    if (holds_token_shards(path)) {
      found_.shard_folders.push_back(path.string());
      return;
    }
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
      entries.push_back(it->path());
    if (error) found_.unreadable.push_back(path.string() + ": " + error.message());
    std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
      return a.filename().native() < b.filename().native();
    });
    for (const fs::path& entry : entries) visit(entry);
  }

  void visit(const fs::path& entry) {
    if (!include_hidden_ && entry.filename().native().starts_with('.')) {
      ++found_.hidden;
      return;
    }
    met(entry);
  }

  void met(const fs::path& entry) {
    if (entry.filename().native().ends_with(kPartialEnding)) {
      ++found_.unfinished;
      return;
    }
    struct stat target {};
    if (::stat(entry.c_str(), &target) != 0) {
      found_.unreadable.push_back(entry.string() + ": " + std::strerror(errno));
    } else if (S_ISDIR(target.st_mode)) {
      folder(entry, target);
    } else if (S_ISREG(target.st_mode)) {
      add(entry, target, /*named=*/false);
    } else {
      ++found_.special;
    }
  }

  void add(const fs::path& path, const struct stat& status, bool named) {
    if (!seen_.emplace(status.st_dev, status.st_ino).second) {
      ++found_.duplicates;
      return;
    }
    constexpr int64_t kNanoseconds = 1'000'000'000;
    found_.files.push_back(
        {.path = path,
         .bytes = static_cast<uint64_t>(status.st_size),
         .modified = status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec,
         .named = named});
  }

  SourceFiles& found_;
  std::set<fs::path> exclude_;
  bool include_hidden_;
  bool standard_input_ = false;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

SourceFiles list_source_files(const std::vector<fs::path>& inputs,
                              const std::vector<fs::path>& exclude, bool include_hidden) {
  SourceFiles found;
  Walk walk(found, exclude, include_hidden);
  for (const fs::path& input : inputs) walk.input(input);
  return found;
}

}  // namespace tessera
