#include "launch/quickstart_folder.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <regex>
#include <string>
#include <system_error>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/folder_lock.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = QuickstartFolder::kPath;
const fs::path kBeside = "runs/.quickstart";

/// Opens and locks `file`. The descriptor is not open when the file cannot be opened. Throws
/// UserError with the text `held` when another process has the lock.
Descriptor locked(const fs::path& file, int flags, const std::string& held) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC | flags, 0666));
  if (opened.open() && !try_lock(opened)) throw UserError(held);
  return opened;
}

/// The lock of the run in the folder, if a run is there; see RunFolder.
Descriptor lock_of_run() {
  return locked(
      kFolder / ".lock", 0,
      fmt::format("another process is training in {}; wait for it, or stop it", kFolder.string()));
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const fs::path within =
      fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !within.empty() && *within.begin() != "..";
}

/// Whether a quickstart makes an entry of this type at this path inside its folder.
bool is_ours(const std::string& path, fs::file_type type) {
  static const std::regex folders(
      R"(bytes|(bytes/)?(data|checkpoints|checkpoints/step-\d{8,}(\.tmp|\.trash|\.old)?))"
      R"(|((data|checkpoints/step-\d{8,}(\.tmp|\.trash|\.old)?)/)?tokenizer)");
  static const std::regex files(
      R"((bytes/)?(\.lock|\.probe|(config\.yaml|header\.txt|summary\.json|failure\.txt)(\.tmp)?)"
      R"(|(metrics(-earlier-\d+)?\.jsonl|nonfinite-step-\d+\.json)(\.tmp)?|events\.out\.tfevents\..+)"
      R"(|data/(manifest\.json|sources\.jsonl|tokens-\d+\.shard))"
      R"(|checkpoints/(\.probe|\.checkpoints\.lock))"
      R"(|checkpoints/step-\d{8,}(\.tmp|\.trash|\.old)?/)"
      R"((manifest\.json|run\.json|config\.yaml|share-\d+\.json|part-\d+\.safetensors)))"
      R"(|((data|checkpoints/step-\d{8,}(\.tmp|\.trash|\.old)?)/)?)"
      R"(tokenizer/(tokenizer|tokenizer_config)\.json)");
  if (type == fs::file_type::directory) return std::regex_match(path, folders);
  return type == fs::file_type::regular && std::regex_match(path, files);
}

void require_ours() {
  const auto type = fs::symlink_status(kFolder).type();
  if (type == fs::file_type::not_found) return;
  require(type == fs::file_type::directory,
          "{} is {}, where a quickstart makes a folder; move it elsewhere", kFolder.string(),
          type == fs::file_type::symlink ? "a link" : "no folder");
  if (fs::is_empty(kFolder)) return;
  std::vector<std::string> foreign;
  for (fs::recursive_directory_iterator it(kFolder), end; it != end; ++it) {
    const std::string path = it->path().lexically_relative(kFolder).string();
    const auto entry = it->symlink_status().type();
    if (is_ours(path, entry)) continue;
    foreign.push_back(path);
    if (entry == fs::file_type::directory) it.disable_recursion_pending();
  }
  constexpr size_t kShown = 3;
  const size_t more = foreign.size() > kShown ? foreign.size() - kShown : 0;
  foreign.resize(foreign.size() - more);
  require(foreign.empty(),
          "{} holds {}{}, which no quickstart made and which would be lost: a quickstart starts "
          "anew there; move what you want to keep elsewhere",
          kFolder.string(), fmt::join(foreign, ", "),
          more > 0 ? fmt::format(" and {} more", more) : "");
  require(fs::exists(kFolder / "data/manifest.json") || fs::exists(kFolder / ".lock"),
          "{} was not made by a quickstart, which would remove it; move it elsewhere",
          kFolder.string());
}

}  // namespace

QuickstartFolder::QuickstartFolder(const fs::path& text) {
  for (const fs::path& folder : {kFolder, kBeside})
    require(!lies_in(text, folder),
            "{} lies in {}, which a quickstart makes anew: move the text elsewhere", text.string(),
            folder.string());
  std::error_code error;
  fs::create_directories(kBeside, error);
  require(!error, "cannot create the folder {}: {}", kBeside.string(), error.message());
  lock_ = locked(kBeside / "lock", O_CREAT,
                 fmt::format("another quickstart is running in {}; wait for it, or stop it",
                             kFolder.string()));
  require(lock_.open(), "cannot write in the folder {}: {}", kBeside.string(),
          std::strerror(errno));
  const Descriptor none_trains = lock_of_run();
  require_ours();
  for (const char* left_behind : {"new", "old"}) fs::remove_all(kBeside / left_behind);
}

QuickstartFolder::~QuickstartFolder() {
  std::error_code ignored;
  fs::remove_all(fresh(), ignored);
}

fs::path QuickstartFolder::fresh() const { return kBeside / "new"; }

void QuickstartFolder::replace() {
  const Descriptor none_trains = lock_of_run();
  require_ours();
  const fs::path old = kBeside / "old";
  std::error_code error, ignored;
  if (fs::exists(kFolder)) fs::rename(kFolder, old, error);
  require(!error, "cannot move {} out of the way: {}", kFolder.string(), error.message());
  fs::rename(fresh(), kFolder, error);
  if (error) fs::rename(old, kFolder, ignored);
  require(!error, "cannot put {} in place: {}", kFolder.string(), error.message());
  fs::remove_all(old);
}

}  // namespace tessera
