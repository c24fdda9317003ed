#include "framework/data/output_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/core/folder_lock.h"
#include "framework/data/shard_manifest.h"
#include "framework/data/source_record.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

bool holds_only_shards(const fs::path& folder) {
  bool manifest = false;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    manifest |= name == kShardManifestName;
    if (name != kShardManifestName && name != kSourceRecordsName && name != kTokenizerFolder &&
        !is_shard_file_name(name))
      return false;
  }
  return manifest;
}

void require_free(const fs::path& folder, bool overwrite, const OldOutput& old) {
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return;
  require(fs::status_known(status), "{}: cannot read: {}", folder.string(), error.message());
  require(status.type() == fs::file_type::directory,
          "{}: is no folder; choose another output folder", folder.string());
  const bool empty = fs::is_empty(folder, error);
  require(!error, "{}: cannot read: {}", folder.string(), error.message());
  if (empty) return;
  require(old.alone_in(folder),
          "{}: holds other files, which would be lost; choose an empty or new output folder",
          folder.string());
  require(overwrite,
          "{}: already holds {}; give --overwrite to replace it, or another output folder",
          folder.string(), old.called);
}

bool exchange(const fs::path& a, const fs::path& b) {
  return ::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0;
}

/// The folder that `named` stands for: a link is followed, so that the folder keeps its place and
/// the link its target.
fs::path followed(const fs::path& named) {
  require(!named.empty(), "no output folder given");
  std::error_code error;
  fs::path folder = fs::absolute(named, error).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  require(folder.has_filename(), "{}: choose another output folder", folder.string());
  require(std::ranges::none_of(folder.native(),
                               [](char c) { return static_cast<unsigned char>(c) < ' '; }),
          "the name of the output folder holds a line break or another control character; choose "
          "another");
  if (!fs::is_symlink(folder, error)) return folder;
  folder = fs::canonical(folder, error);
  require(!error,
          "{}: is a link that leads nowhere ({}); make the folder that it names, or choose another "
          "output folder",
          named.string(), error.message());
  return folder;
}

fs::path beside(const fs::path& folder) {
  return folder.parent_path() / ("." + folder.filename().string() + ".partial");
}

}  // namespace

const OldOutput kTokenShardsOutput{.called = "tokenized text", .alone_in = holds_only_shards};

OutputFolder::OutputFolder(const fs::path& folder, bool overwrite, const OldOutput& old)
    : old_(old) {
  std::error_code error;
  folder_ = followed(folder);
  require_free(folder_, overwrite, old_);
  fs::create_directories(folder_.parent_path(), error);
  require(!error, "{}: cannot create: {}", folder_.parent_path().string(), error.message());
  partial_ = beside(folder_);
  interrupted_.emplace([this] { give_up(); });
  lock_partial();
}

fs::path OutputFolder::partial_of(const fs::path& folder) { return beside(followed(folder)); }

void OutputFolder::clear(const std::set<std::string>& keep) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(partial_, error))
    if (!keep.contains(entry.path().filename().string())) fs::remove_all(entry.path(), error);
}

void OutputFolder::lock_partial() {
  while (true) {
    const bool made = ::mkdir(partial_.c_str(), 0777) == 0 || errno == EEXIST;
    const int error = errno;
    require(made, "{}: cannot create: {}; choose an output folder that you may write to",
            folder_.string(), std::strerror(error));
    lock_ = Descriptor(::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!lock_.open() && errno == ENOENT) continue;  // another writer has just finished
    require(lock_.open(), "{}: cannot open: {}", partial_.string(), std::strerror(errno));
    struct stat ours {
    }, named{};
    const bool locked = try_lock(lock_);
    const bool current = ::fstat(lock_.number(), &ours) == 0 &&
                         ::stat(partial_.c_str(), &named) == 0 && ours.st_ino == named.st_ino;
    ours_ = locked && current;
    if (ours_) return;
    lock_.close();
    require(locked, "{}: another process is writing this folder; wait for it, or choose another",
            folder_.string());
  }
}

OutputFolder::~OutputFolder() {
  interrupted_.reset();
  give_up();
}

void OutputFolder::give_up() {
  if (!ours_ || committed_ || kept_) return;
  // Under another name no further file gets into it.
  std::error_code error;
  const fs::path going = partial_.string() + ".removed";
  fs::remove_all(going, error);
  fs::rename(partial_, going, error);
  fs::remove_all(error ? partial_ : going, error);
}

void OutputFolder::commit() {
  sync_directory(partial_);
  interrupted_->finish([this] { put_in_place(); });
  sync_directory(folder_.parent_path());
}

void OutputFolder::put_in_place() {
  require_free(folder_, /*overwrite=*/true, old_);
  std::error_code error, ignored;
  if (exchange(partial_, folder_)) {
    fs::remove_all(partial_, ignored);
  } else if (fs::exists(folder_, ignored) && !fs::is_empty(folder_, ignored)) {
    const fs::path old = partial_.string() + ".old";  // the file system cannot exchange
    fs::rename(folder_, old, error);
    if (!error) fs::rename(partial_, folder_, error);
    if (error) fs::rename(old, folder_, ignored);
    if (!error) fs::remove_all(old, ignored);
  } else {
    fs::rename(partial_, folder_, error);
  }
  require(!error, "{}: cannot be put in place: {}", folder_.string(), error.message());
  committed_ = true;
}

}  // namespace tessera
