#include "framework/checkpoint/checkpoint_folder.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/core/log.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";

struct Entry {
  int64_t step = 0;
  std::string suffix;  // "", ".tmp", ".trash" or ".old"
  fs::path path;
};

/// Every entry whose name says that it is, was or is becoming a checkpoint.
std::vector<Entry> entries_of(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  if (!fs::exists(folder, error) && !error) return entries;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    Entry entry{0, "", it->path()};
    const char* end = name.data() + name.size();
    const auto [rest, bad] = std::from_chars(name.data() + kPrefix.size(), end, entry.step);
    entry.suffix = std::string(rest, end);
    const bool known = entry.suffix.empty() || entry.suffix == ".tmp" || entry.suffix == ".trash" ||
                       entry.suffix == ".old";
    if (bad == std::errc() && known && name == checkpoint_name(entry.step) + entry.suffix)
      entries.push_back(std::move(entry));
  }
  require(!error, "cannot list the checkpoints in {}: {}", folder.string(), error.message());
  return entries;
}

bool present(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

void rename_checkpoint(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  require(!error, "cannot rename {} to {}: {}", from.string(), to.string(), error.message());
  sync_directory(from.parent_path());
}

void remove_directory(const fs::path& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  require(!error, "cannot remove {}: {}", directory.string(), error.message());
}

/// Why a checkpoint cannot be used, found when it is opened or by `more`; empty when it can.
template <typename More>
std::string damage(const fs::path& checkpoint, const More& more) {
  try {
    CheckpointReader reader(checkpoint);
    require(checkpoint.stem() == checkpoint_name(reader.step()),  // stem() drops .old
            "its name is not that of step {}, which its manifest says it holds (a copy, or "
            "renamed); remove it, or call it {}",
            reader.step(), checkpoint_name(reader.step()));
    more(reader);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

std::string unreadable(const fs::path& checkpoint) {
  return damage(checkpoint, [](CheckpointReader&) {});
}

}  // namespace

std::string checkpoint_name(int64_t step) { return fmt::format("{}{:08}", kPrefix, step); }

std::vector<FoundCheckpoint> list_checkpoints(const fs::path& folder) {
  std::vector<FoundCheckpoint> found;
  for (const Entry& entry : entries_of(folder)) {
    const bool stands_in = entry.suffix == ".old" && !present(folder / checkpoint_name(entry.step));
    if (entry.suffix.empty() || stands_in) found.push_back({entry.step, entry.path});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.step > b.step; });
  return found;
}

std::optional<fs::path> latest_good_checkpoint(const fs::path& folder,
                                               std::vector<std::string>& report) {
  for (const FoundCheckpoint& found : list_checkpoints(folder)) {
    const std::string why = damage_of(found.path);
    if (why.empty()) return found.path;
    report.push_back(fmt::format("checkpoint {} cannot be used: {}", found.path.string(), why));
  }
  return std::nullopt;
}

std::string damage_of(const fs::path& checkpoint, int64_t share, int64_t of) {
  return damage(checkpoint, [&](CheckpointReader& reader) { reader.verify(share, of); });
}

void require_free_name(const fs::path& checkpoint) {
  std::error_code error, ignored;
  const fs::file_status status = fs::symlink_status(checkpoint, error);
  if (!fs::exists(status) || fs::is_directory(checkpoint, ignored)) return;
  require(!fs::is_symlink(status),
          "the name {} is taken by a symbolic link to {}, which is no folder; remove the link",
          checkpoint.string(), fs::read_symlink(checkpoint, ignored).string());
  user_error("the name {} is taken by a file; rename or remove it", checkpoint.string());
}

void require_free_names(const fs::path& folder) {
  for (const Entry& entry : entries_of(folder))
    if (entry.suffix.empty()) require_free_name(entry.path);
}

void clean_leftovers(const fs::path& folder) {
  for (const Entry& entry : entries_of(folder)) {
    const fs::path place = folder / checkpoint_name(entry.step);
    if (entry.suffix == ".old" && !present(place))
      rename_checkpoint(entry.path, place);
    else if (entry.suffix == ".old")
      remove_checkpoint(entry.path);
    else if (!entry.suffix.empty())
      remove_directory(entry.path);
  }
}

void remove_checkpoint(const fs::path& checkpoint) {
  // An .old checkpoint, too, becomes trash under its name without the suffix.
  const fs::path trash = checkpoint.parent_path() / (checkpoint.stem().string() + ".trash");
  rename_checkpoint(checkpoint, trash);
  remove_directory(trash);
}

void prune_checkpoints(const fs::path& folder, int keep, const fs::path& written,
                       CheckpointVerdicts& verdicts, std::optional<int64_t> spared) {
  const std::vector<FoundCheckpoint> all = list_checkpoints(folder);
  if (std::ssize(all) <= keep) return;
  const auto is_good = [&](const fs::path& checkpoint) {
    const bool known = verdicts.knows(checkpoint);
    const std::string why = verdicts.damage(checkpoint);
    if (!known && !why.empty())
      log::warn("checkpoint {} is damaged, and an older one is kept in its place: {}",
                checkpoint.string(), why);
    return why.empty();
  };
  std::vector<fs::path> surplus;
  int kept = 0;
  for (const FoundCheckpoint& found : all) {
    if (found.path == written)
      ++kept;
    else if (kept >= keep && found.step == spared)
      continue;
    else if (kept >= keep)
      surplus.push_back(found.path);
    else if (is_good(found.path))
      ++kept;
  }
  if (surplus.empty()) return;
  const std::string why = unreadable(written);
  require(
      why.empty(),
      "checkpoint {} was written but does not read back, so no older one was deleted: {}. Check "
      "the disk and the memory of this machine",
      written.string(), why);
  for (const fs::path& path : surplus) {
    try {
      remove_checkpoint(path);
    } catch (const UserError& error) {
      log::warn("an old checkpoint could not be deleted: {}", error.what());
    }
  }
}

}  // namespace tessera
