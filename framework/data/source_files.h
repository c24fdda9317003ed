// The files that inputs stand for: a named file as it is, a folder walked to its leaves in the
// order of names, so that every machine numbers the documents alike, a pattern expanded, and `-`
// standard input. Hidden entries are left out of a walk, and what an interrupted command left under a
// name that ends with `.partial`, hidden or not. Links are followed, to folders too, and a
// file or folder met twice counts once (else a file could be in both the training and the held-out
// part, and a walk could go in circles).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

struct SourceFile {
  std::filesystem::path path;
  uint64_t bytes = 0;
  int64_t modified = 0;  // ns since 1970
  bool named = false;    // given by the user, not found in a walk

  bool operator==(const SourceFile&) const = default;
};

struct SourceFiles {
  std::vector<SourceFile> files;
  uint64_t hidden = 0;                     // entries whose name begins with a dot
  uint64_t unfinished = 0;                 // entries whose name ends with `.partial`
  uint64_t special = 0;                    // sockets, devices, pipes
  uint64_t duplicates = 0;                 // other names of files and folders already there
  std::vector<std::string> unreadable;     // "PATH: reason"
  std::vector<std::string> shard_folders;  // folders of token shards, which hold no text
};

/// Entries at or below a path of `exclude` are left out. Throws UserError when an input does not
/// exist, matches nothing, cannot be read, is a pipe or a device, or is a folder of token shards.
/// What a pattern matches is treated as what a walk meets.
SourceFiles list_source_files(const std::vector<std::filesystem::path>& inputs,
                              const std::vector<std::filesystem::path>& exclude,
                              bool include_hidden);

}  // namespace tessera
