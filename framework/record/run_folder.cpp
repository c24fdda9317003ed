#include "framework/record/run_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/core/descriptor.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = ".lock";
constexpr const char* kCheckpointsLock = ".checkpoints.lock";
constexpr const char* kFailure = "failure.txt";

/// Files in the place of ours, in a folder that no run has ever held, are the user's own.
void require_ours(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / kLock, error)) return;
  if (!list_checkpoints(folder / "checkpoints").empty()) return;
  std::vector<std::string> found;
  for (const char* name : {"config.yaml", "header.txt", "metrics.jsonl", "summary.json", kFailure})
    if (fs::exists(fs::symlink_status(folder / name, error))) found.emplace_back(name);
  require(found.empty(),
          "{} holds {}, not written by a run of Tessera; this run would write over {}. Choose "
          "another log.folder",
          folder.string(), fmt::join(found, ", "), found.size() == 1 ? "it" : "them");
}

void make_folder(const fs::path& folder, std::string_view key) {
  std::error_code error;
  fs::create_directories(folder, error);
  require(!error && fs::is_directory(folder), "cannot create the folder {}: {}; choose another {}",
          folder.string(), error ? error.message() : "there is a file of that name", key);
}

/// Makes and removes a file: that a lock of an earlier run could be opened does not say that new
/// files can be made.
void require_writable(const fs::path& folder, std::string_view key) {
  const fs::path probe = folder / ".probe";
  const Descriptor file(::open(probe.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  require(file.open(), "cannot write in the folder {}: {}; choose another {}", folder.string(),
          std::strerror(errno), key);
  std::error_code ignored;
  fs::remove(probe, ignored);
}

/// Holds the path of the folder itself, whether or not anything is there. A path means one place
/// within a mount namespace.
void hold_name(std::optional<HeldName>& held, const fs::path& folder, std::string_view key) {
  std::error_code error;
  struct stat mounts {};
  if (::stat("/proc/self/ns/mnt", &mounts) != 0) mounts.st_ino = 0;
  held.emplace(fmt::format("tessera {} {:x} {:x}", key, mounts.st_ino,
                           stable_hash(fs::weakly_canonical(folder, error).string())));
  require(!held->taken(), "another process is running in {}; wait for it, or choose another {}",
          folder.string(), key);
}

/// The folders that this process holds, so that any of its threads may leave a failure there.
struct HeldHere {
  std::mutex mutex;
  std::set<std::pair<pid_t, fs::path>> folders;  // a child of fork() holds none of its parent's
};

HeldHere& held_here() {
  static HeldHere held;
  return held;
}

bool is_held_here(const fs::path& folder) {
  const std::lock_guard lock(held_here().mutex);
  return held_here().folders.contains({::getpid(), folder});
}

/// Several ranks and threads may do this at once, and each leaves a whole file.
void write_failure(const fs::path& folder, std::string_view cause) {
  static std::mutex mutex;  // a thread that ends the process waits for one that writes
  const std::lock_guard lock(mutex);
  const std::string writer = fmt::format(".{}", ::getpid());
  replace_file(folder / kFailure, std::string(cause) + "\n", writer);
}

/// Removes the cause that an earlier run left, and what ranks left that were killed while they
/// wrote one.
void remove_failures(const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().filename().string().starts_with(kFailure)) left.push_back(entry.path());
  for (const fs::path& file : left) fs::remove(file, ignored);
}

}  // namespace

RunFolder::RunFolder(const Config& config)
    : path_(config.log.folder), checkpoints_(config.checkpoint.folder) {
  make_folder(path_, "log.folder");
  require_ours(path_);
  hold_name(name_, path_, "log.folder");
  lock_.emplace(path_, kLock, "log.folder");
  make_folder(checkpoints_, "checkpoint.folder");
  hold_name(checkpoints_name_, checkpoints_, "checkpoint.folder");
  checkpoints_lock_.emplace(checkpoints_, kCheckpointsLock, "checkpoint.folder");
  require_writable(checkpoints_, "checkpoint.folder");
  require_free_names(checkpoints_);
  remove_failures(path_);
  const std::lock_guard lock(held_here().mutex);
  held_here().folders.emplace(::getpid(), path_);
}

RunFolder::~RunFolder() {
  const std::lock_guard lock(held_here().mutex);
  held_here().folders.erase({::getpid(), path_});
}

std::string RunFolder::set_aside_metrics() {
  std::error_code error;
  if (!fs::exists(metrics(), error) || fs::file_size(metrics(), error) == 0) return "";
  fs::path aside;
  for (int n = 1; aside.empty() || fs::exists(aside, error); ++n)
    aside = path_ / fmt::format("metrics-earlier-{}.jsonl", n);
  fs::rename(metrics(), aside, error);
  require(!error, "cannot rename {} to {}: {}", metrics().string(), aside.string(),
          error.message());
  return aside.string();
}

void RunFolder::save(std::string_view name, const std::string& text) {
  replace_file(path_ / name, text);
  saved_[std::string(name)] = text;
}

void RunFolder::save_missing(std::string_view name, const std::string& text) {
  std::error_code error;
  if (!fs::exists(path_ / name, error)) save(name, text);
}

std::string RunFolder::put_back() {
  std::vector<std::string> gone;
  const auto again = [&](std::optional<FolderLock>& lock, const fs::path& folder, const char* name,
                         const char* key) {
    if (lock && lock->in_place()) return;
    std::error_code error;
    gone.push_back(fs::exists(folder, error) ? (folder / name).string() : folder.string());
    make_folder(folder, key);
    lock.emplace(folder, name, key);
  };
  again(lock_, path_, kLock, "log.folder");
  again(checkpoints_lock_, checkpoints_, kCheckpointsLock, "checkpoint.folder");
  for (const auto& [name, text] : saved_) {
    std::error_code error;
    if (fs::exists(path_ / name, error)) continue;
    gone.push_back((path_ / name).string());
    replace_file(path_ / name, text);
  }
  return fmt::format("{}", fmt::join(gone, ", "));
}

void RunFolder::save_failure(std::string_view cause) noexcept {
  try {
    put_back();
    write_failure(path_, cause);
  } catch (...) {
    // The cause itself is on its way to the screen, and is worth more than the news that it could
    // not be written.
  }
}

void RunFolder::save_failure(const fs::path& folder, std::string_view cause) noexcept {
  try {
    make_folder(folder, "log.folder");
    require_ours(folder);
    std::optional<FolderLock> lock;
    if (!is_held_here(folder)) lock.emplace(folder, kLock, "log.folder");
    write_failure(folder, cause);
  } catch (...) {
    // The cause itself is on its way to the screen.
  }
}

bool RunFolder::save_failure_once(const fs::path& folder, std::string_view cause,
                                  fs::file_time_type since) noexcept {
  try {
    if (!fs::exists(folder / kLock)) {
      save_failure(folder, cause);
      return true;
    }
    std::error_code none;
    const auto written = fs::last_write_time(folder / kFailure, none);
    if (!none && written >= since) return false;
    write_failure(folder, cause);
  } catch (...) {
    // The cause itself is on its way to the screen.
  }
  return true;
}

void RunFolder::forget_failure(const fs::path& folder) noexcept {
  try {
    if (!fs::exists(folder / kLock)) return;
    const FolderLock lock(folder, kLock, "log.folder");
    remove_failures(folder);
  } catch (...) {
    // The run that is about to begin says what is wrong with its folder.
  }
}

}  // namespace tessera
