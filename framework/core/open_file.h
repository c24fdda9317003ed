// What became of a file that is held open while others may remove, move or replace it.
#pragma once

#include <filesystem>

namespace tessera {

/// Whether the open file is the one that `path` names now.
bool is_file_of(int file, const std::filesystem::path& path);

}  // namespace tessera
