#include "framework/core/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <system_error>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// The file that `named` stands for.
fs::path followed(const fs::path& named) {
  require(named.has_filename(), "'{}' is no name of a file", named.string());
  std::error_code error;
  if (!fs::is_symlink(named, error)) return named;
  const fs::path file = fs::canonical(named, error);
  require(!error, "{}: is a link that leads nowhere ({}); name another file", named.string(),
          error.message());
  return file;
}

fs::path beside(const fs::path& file, OutputFile::Unfinished unfinished) {
  const bool kept = unfinished == OutputFile::Unfinished::kept;
  return file.parent_path() / ((kept ? "" : ".") + file.filename().string() + ".partial");
}

/// A name that holds the file for one process.
std::string held_name(const fs::path& file) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(file, error);
  return fmt::format("tessera output {:x}", std::hash<std::string>{}(whole.string()));
}

/// Calls `from` `to`; what lies there is replaced only where that is allowed. Returns 0 or the errno
/// of a failure.
int rename_file(const fs::path& from, const fs::path& to, Overwrite overwrite) {
  if (overwrite == Overwrite::no) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;  // else: this file system cannot tell
  }
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

OutputFile::OutputFile(std::string_view verb, const fs::path& file, Overwrite overwrite,
                       Unfinished unfinished)
    : file_(followed(file)),
      partial_(beside(file_, unfinished)),
      overwrite_(overwrite),
      unfinished_(unfinished),
      held_(held_name(file_)),
      interrupted_([this] { give_up(); }) {
  require(!held_.taken(), "{}: another process is writing {}; wait for it, or name another file",
          verb, file_.string());
  std::error_code error;
  require(fs::is_directory(folder_of(file_), error),
          "{}: there is no folder {}; make it, or name another", verb, folder_of(file_).string());
  const fs::file_type type = fs::status(file_, error).type();
  require(type == fs::file_type::not_found || type == fs::file_type::regular,
          "{}: {} is no file; name another", verb, file_.string());
  require(overwrite == Overwrite::yes || type == fs::file_type::not_found,
          "{}: {} exists; name another file, or replace it with --overwrite", verb, file_.string());
  require(unfinished == Unfinished::removed || overwrite == Overwrite::yes ||
              !fs::exists(partial_, error),
          "{}: {} exists, from a command that did not come to its end; move it away, or replace it "
          "with --overwrite",
          verb, partial_.string());
  fs::remove(partial_, error);
}

OutputFile::~OutputFile() { give_up(); }

void OutputFile::give_up() const {
  if (settled_) return;
  std::error_code error;
  if (unfinished_ == Unfinished::kept && fs::file_size(partial_, error) > 0 && !error) return;
  fs::remove(partial_, error);
}

void OutputFile::commit() {
  interrupted_.finish([&] {
    settled_ = true;  // whole by now, so that it stays even where it cannot be renamed
    const int failed = rename_file(partial_, file_, overwrite_);
    require(failed == 0, "{}: cannot be named so: {}; it lies at {}", file_.string(),
            std::strerror(failed), partial_.string());
  });
  sync_directory(folder_of(file_));
}

}  // namespace tessera
