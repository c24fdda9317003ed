#include "framework/checkpoint/checkpoint_writer.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>
#include <utility>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/read_back.h"
#include "framework/core/durable_file.h"
#include "framework/core/folder_lock.h"
#include "framework/core/json.h"
#include "framework/core/whole_file.h"
#include "framework/formats/checksum.h"
#include "framework/formats/safetensors_writer.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// A part's elements without its padding; `room` holds them where they do not lie together.
std::span<const std::byte> stored_bytes(const PartTensor& part, std::vector<std::byte>& room) {
  const Box stored = part.stored();
  const size_t bytes = TensorType{part.global.dtype, stored.shape()}.bytes();
  if (stored == part.box) return {static_cast<const std::byte*>(part.data), bytes};
  room.resize(bytes);
  copy_box(stored, part.box, part.data, stored, room.data(), size_of(part.global.dtype));
  return room;
}

std::string share_file_name(int writer) { return fmt::format("share-{:05}.json", writer); }

/// Writes a tensor's bytes piece by piece and returns their checksum: each piece is read from
/// memory once.
uint64_t write_summed(SafetensorsWriter& file, const std::string& key,
                      std::span<const std::byte> bytes) {
  constexpr size_t kAtOnce = size_t{1} << 20;
  RunningChecksum sum;
  for (size_t at = 0; at < bytes.size(); at += kAtOnce) {
    const auto piece = bytes.subspan(at, std::min(kAtOnce, bytes.size() - at));
    sum.add(piece);
    file.write(key, piece);
  }
  return sum.value();
}

/// A part file's metadata, with which the file explains itself without the manifest.
std::map<std::string, std::string> part_metadata(std::span<const PartTensor> parts, int64_t step,
                                                 int writer) {
  std::map<std::string, std::string> metadata{{"format", "tessera-part"},
                                              {"step", std::to_string(step)},
                                              {"writer", std::to_string(writer)}};
  for (const PartTensor& part : parts)
    if (const Box box = part.stored(); box != Box::whole(part.global.shape))
      metadata[part_key(part.name, part.global.shape, box)] =
          fmt::format("{} of {} {}", to_string(box), part.name, to_string(part.global));
  return metadata;
}

Manifest share_of(std::span<const PartTensor> parts, int64_t step, const std::string& file) {
  Manifest share;
  share.step = step;
  std::map<std::string, size_t> index;
  for (const PartTensor& part : parts) {
    const auto [found, added] = index.emplace(part.name, share.tensors.size());
    if (added) share.tensors.push_back({part.name, part.global, {}});
    StoredTensor& tensor = share.tensors[found->second];
    check(tensor.type == part.global, "tensor '{}' is {} and {}", part.name, to_string(tensor.type),
          to_string(part.global));
    if (const Box box = part.stored(); box.numel() > 0) tensor.parts.push_back({file, box, 0});
  }
  return share;
}

}  // namespace

Box PartTensor::stored() const {
  check(box.dims.size() == global.shape.size(), "box {} of '{}' {}", to_string(box), name,
        to_string(global));
  Box out = box;
  for (size_t d = 0; d < out.dims.size(); ++d) {
    out.dims[d].end = std::min(out.dims[d].end, global.shape[d]);
    out.dims[d].begin = std::min(out.dims[d].begin, out.dims[d].end);
  }
  return out;
}

CheckpointWriter::CheckpointWriter(const fs::path& folder, int64_t step, int writer_index,
                                   int writer_count)
    : folder_(folder),
      temporary_(folder / (checkpoint_name(step) + ".tmp")),
      final_(folder / checkpoint_name(step)),
      index_(writer_index),
      count_(writer_count) {
  check(0 <= index_ && index_ < count_ && step >= 0, "writer {} of {}, step {}", index_, count_,
        step);
  share_.step = step;
  open_ = true;
  if (index_ == 0) or_discard([&] { prepare(); });
}

CheckpointWriter::~CheckpointWriter() { discard(); }

void CheckpointWriter::prepare() {
  std::error_code error;
  fs::create_directories(folder_, error);
  require(!error, "cannot create {}: {}", folder_.string(), error.message());
  lock_ = Descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  require(lock_.open(), "cannot open {}: {}", folder_.string(), std::strerror(errno));
  if (!try_lock(lock_)) {
    lock_.close();
    open_ = false;  // the temporary directory may be the other run's
    user_error("another run is writing checkpoints to {}; give each run a folder of its own",
               folder_.string());
  }
  clean_leftovers(folder_);
  require_free_name(final_);
  fs::create_directory(temporary_, error);
  require(!error, "cannot create {}: {}", temporary_.string(), error.message());
}

void CheckpointWriter::write(std::span<const PartTensor> parts) {
  check(open_ && !written_, "{}: a checkpoint writer writes once", temporary_.string());
  or_discard([&] { write_parts(parts); });
  written_ = true;
}

void CheckpointWriter::write_parts(std::span<const PartTensor> parts) {
  const std::string name = part_file_name(index_);
  share_ = share_of(parts, share_.step, name);
  SafetensorsWriter file(part_metadata(parts, share_.step, index_));
  std::map<std::string, const PartTensor*> by_key;
  for (const PartTensor& part : parts) {
    const Box box = part.stored();
    if (box.numel() == 0) continue;
    const std::string key = part_key(part.name, part.global.shape, box);
    file.declare(key, {part.global.dtype, box.shape()});
    by_key[key] = &part;
  }
  constexpr int64_t kRest = 32 << 10;  // directory, config.yaml, run.json, rounding to blocks
  const int64_t bytes = file.file_bytes();
  const auto text = static_cast<int64_t>(to_text(share_).size());
  needed_ = bytes + text + kRest;
  require(std::max(bytes, text) <= file_size_limit(),
          "a file of {} bytes exceeds this process's limit of file sizes, {} bytes (ulimit -f)",
          std::max(bytes, text), file_size_limit());
  require(needed_ <= free_bytes(temporary_), "the disk is too full");

  file.create(temporary_ / name);
  std::vector<std::byte> room;
  for (StoredTensor& tensor : share_.tensors)
    for (StoredPart& part : tensor.parts) {
      const std::string key = part_key(tensor.name, tensor.type.shape, part.box);
      part.checksum = write_summed(file, key, stored_bytes(*by_key.at(key), room));
    }
  file.finish();
  share_.files.push_back({name, bytes, checksum(file.header_text())});
  if (index_ > 0) write_durable(temporary_ / share_file_name(index_), to_text(share_));
}

void CheckpointWriter::read_back() {
  check(open_ && written_, "{}: read back before it was written", temporary_.string());
  if (!std::exchange(read_back_, true)) or_discard([&] { require_reads_back(temporary_, share_); });
}

fs::path CheckpointWriter::commit(std::string_view config_text, std::string_view run_json, int keep,
                                  CheckpointVerdicts& verdicts,
                                  const std::map<std::string, std::string>& more,
                                  std::optional<int64_t> spared) {
  check(index_ == 0 && written_ && open_, "{}: only writer 0 commits, once, after its write",
        temporary_.string());
  check(keep >= 1, "keep {} checkpoints", keep);
  read_back();
  parse_json_object(run_json, "run.json");
  or_discard([&] {
    for (int writer = 1; writer < count_; ++writer) {
      const fs::path path = temporary_ / share_file_name(writer);
      share_.merge(parse_manifest(whole_text(path), path.string()), path.string());
      std::error_code error;
      fs::remove(path, error);
      require(!error, "cannot remove {}: {}", path.string(), error.message());
    }
    const std::string why = share_.incomplete();
    check(why.empty(), "checkpoint {}: {}", final_.string(), why);
    write_texts(config_text, run_json, more);
    publish();
  });
  clean_leftovers(folder_);  // the checkpoint of the same step that this one replaced, if any
  verdicts.note_good(final_);
  prune_checkpoints(folder_, keep, final_, verdicts, spared);
  discard();
  return final_;
}

void CheckpointWriter::write_texts(std::string_view config_text, std::string_view run_json,
                                   const std::map<std::string, std::string>& more) {
  const auto add = [&](const std::string& name, std::string_view text) {
    write_durable(temporary_ / name, text);
    share_.files.push_back({name, static_cast<int64_t>(text.size()), checksum(text)});
  };
  add("config.yaml", config_text);
  add("run.json", run_json);
  for (const auto& [name, text] : more) {
    std::error_code error;
    fs::create_directories((temporary_ / name).parent_path(), error);
    add(name, text);
  }
  write_durable(temporary_ / "manifest.json", to_text(share_));
  sync_directory(temporary_);
}

void CheckpointWriter::publish() {
  const fs::path old = folder_ / (checkpoint_name(share_.step) + ".old");
  std::error_code error, ignored;
  const bool replaces = fs::exists(final_, ignored);
  if (replaces) fs::rename(final_, old, error);
  if (!error) {
    fs::rename(temporary_, final_, error);
    if (error && replaces) fs::rename(old, final_, ignored);
  }
  require(!error, "cannot rename {} to {}: {}", temporary_.string(), final_.string(),
          error.message());
  open_ = false;  // nothing temporary is left
  sync_directory(folder_);
}

void CheckpointWriter::discard() noexcept {
  std::error_code ignored;  // what cannot be removed now is removed when the next writer starts
  if (open_ && index_ == 0) fs::remove_all(temporary_, ignored);
  open_ = false;
  lock_.close();
}

template <typename Action>
void CheckpointWriter::or_discard(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    discard();
    std::error_code unknown;
    const fs::space_info space = fs::space(folder_, unknown);
    const bool full = !unknown && needed_ > 0 && static_cast<uint64_t>(needed_) > space.available;
    const std::string room =
        full ? fmt::format(" It needs {} bytes, {} are free: make room and give the same command.",
                           needed_, space.available)
             : "";
    user_error("the checkpoint {} was not written: {}.{} Earlier checkpoints are as they were.",
               final_.string(), error.what(), room);
  } catch (...) {
    discard();
    throw;
  }
}

}  // namespace tessera
