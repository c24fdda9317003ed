// The files that inputs stand for: a named file as it is, a folder walked to its leaves in the
// order of names, so that every machine numbers the documents alike. Hidden entries and links to
// folders are left out of a walk, and a file met twice counts once (else it could be in both the
// training and the held-out part).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

struct SourceFile {
  std::filesystem::path path;
  uint64_t bytes = 0;
  bool named = false;  // given by the user, not found in a walk
};

struct SourceFiles {
  std::vector<SourceFile> files;
  uint64_t hidden = 0;      // entries whose name begins with a dot
  uint64_t special = 0;     // links to folders, sockets, devices, pipes
  uint64_t duplicates = 0;  // other names of files already there
  std::vector<std::string> unreadable;
};

/// Entries at or below `exclude` are left out. Throws UserError when an input does not exist,
/// cannot be read, is a pipe or a device, or is a folder of token shards.
SourceFiles list_source_files(const std::vector<std::filesystem::path>& inputs,
                              const std::filesystem::path& exclude, bool include_hidden);

}  // namespace tessera
