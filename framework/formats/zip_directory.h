// The members of a zip archive (APPNOTE.TXT of PKWARE, with zip64), as PyTorch writes it: stored
// without compression, so each member is a range of the file. Compressed and encrypted members are
// refused by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace tessera {

struct FileRange {
  int64_t offset = 0, bytes = 0;
};

bool is_zip(std::span<const std::byte> file);

/// Every member by name, as the central directory at the end of `file` says, compared with the
/// members' own headers. Throws UserError that begins with `what`.
std::map<std::string, FileRange> zip_members(std::span<const std::byte> file,
                                             const std::string& what);

}  // namespace tessera
