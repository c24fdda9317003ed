// Writes one checkpoint: every writer puts its boxes into a part file inside <folder>/step-N.tmp;
// the first writer then adds config.yaml, run.json and, last, the manifest, and renames the
// directory to step-N. Everything is synced to the disk before the rename, so what has the final
// name is whole. Any failure removes the temporary directory, leaves all earlier checkpoints as
// they were, and says why; when the disk is full, it says how much space is needed and how much is
// free.
//
// With several writers, writer 0 is constructed first, then (barrier) the others; all call write()
// and read_back(), then (barrier) writer 0 commits. Only writer 0 removes anything: on a network
// file system another writer may still see the temporary name after the rename, and would take
// parts out of a good checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "framework/checkpoint/checkpoint_verdicts.h"
#include "framework/checkpoint/manifest.h"
#include "framework/core/descriptor.h"

namespace tessera {

/// The part of a global tensor that this writer holds. What lies beyond the tensor in its box is
/// padding, and is left out. Empty boxes are allowed; they only make the tensor known.
struct PartTensor {
  std::string name;
  TensorType global;
  Box box;
  const void* data = nullptr;  // the box's elements, row-major

  /// The box without its padding.
  Box stored() const;
};

class CheckpointWriter {
 public:
  CheckpointWriter(const std::filesystem::path& folder, int64_t step, int writer_index = 0,
                   int writer_count = 1);
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;
  /// Writer 0 removes the temporary directory when there was no commit.
  ~CheckpointWriter();

  /// Writes this writer's boxes, once. The boxes of all writers must make up every tensor exactly
  /// once.
  void write(std::span<const PartTensor> parts);

  /// Reads back what write() wrote, so that memory or a disk that changes bytes is found while
  /// older checkpoints are still there. Each writer reads its own part; commit() reads writer 0's
  /// if that was not done.
  void read_back();

  /// Called on writer 0 when all have written: makes the checkpoint final, deletes checkpoints
  /// older than the newest `keep` good ones but that of step `spared`, and returns the path. `run_json` is a JSON object.
  /// `verdicts` keeps what is known of checkpoints. `more` are further small files by name, such as
  /// those of the tokenizer; a name may lie in one folder.
  std::filesystem::path commit(std::string_view config_text, std::string_view run_json, int keep,
                               CheckpointVerdicts& verdicts,
                               const std::map<std::string, std::string>& more = {},
                               std::optional<int64_t> spared = {});

 private:
  void prepare();
  void write_parts(std::span<const PartTensor> parts);
  void write_texts(std::string_view config_text, std::string_view run_json,
                   const std::map<std::string, std::string>& more);
  void publish();
  void discard() noexcept;
  /// Runs `action`; on failure discards all and says what was needed.
  template <typename Action>
  void or_discard(const Action& action);

  std::filesystem::path folder_, temporary_, final_;
  int index_, count_;
  Descriptor lock_;  // holds the folder against a second run
  bool written_ = false, read_back_ = false, open_ = false;
  int64_t needed_ = 0;  // bytes on the disk, as far as known
  Manifest share_;
};

}  // namespace tessera
