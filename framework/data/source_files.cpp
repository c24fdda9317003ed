#include "framework/data/source_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "framework/core/error.h"
#include "framework/data/shard_manifest.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

class Walk {
 public:
  Walk(SourceFiles& found, const fs::path& exclude, bool include_hidden)
      : found_(found), include_hidden_(include_hidden) {
    std::error_code ignored;
    exclude_ = exclude.empty() ? exclude : fs::weakly_canonical(exclude, ignored);
  }

  void input(const fs::path& path) {
    struct stat status {};
    const int failed = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
    require(failed == 0, "{}: cannot read: {}", path.string(), std::strerror(failed));
    if (S_ISDIR(status.st_mode)) {
      std::error_code error;
      const fs::directory_iterator probe(path, error);
      require(!error, "{}: cannot read: {}", path.string(), error.message());
      require(!holds_token_shards(path),
              "{}: holds token shards, not text: it can be read as it is; set data.shards to it",
              path.string());
      folder(path);
    } else {
      require(S_ISREG(status.st_mode), "{}: not a regular file; write the text to one first",
              path.string());
      add(path, status, /*named=*/true);
    }
  }

 private:
  void folder(const fs::path& path) {
    std::error_code error;
    if (!exclude_.empty() && fs::weakly_canonical(path, error) == exclude_) return;
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
    struct stat itself {
    }, target{};
    if (::lstat(entry.c_str(), &itself) != 0 || ::stat(entry.c_str(), &target) != 0) {
      found_.unreadable.push_back(entry.string() + ": " + std::strerror(errno));
    } else if (S_ISDIR(itself.st_mode)) {
      folder(entry);
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
    found_.files.push_back(
        {.path = path, .bytes = static_cast<uint64_t>(status.st_size), .named = named});
  }

  SourceFiles& found_;
  fs::path exclude_;
  bool include_hidden_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

SourceFiles list_source_files(const std::vector<fs::path>& inputs, const fs::path& exclude,
                              bool include_hidden) {
  SourceFiles found;
  Walk walk(found, exclude, include_hidden);
  for (const fs::path& input : inputs) walk.input(input);
  return found;
}

}  // namespace tessera
