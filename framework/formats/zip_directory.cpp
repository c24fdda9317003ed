#include "framework/formats/zip_directory.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "framework/core/error.h"
#include "framework/formats/byte_cursor.h"

namespace tessera {
namespace {

constexpr uint32_t kMember = 0x04034b50, kEntry = 0x02014b50, kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50, kLocator64 = 0x07064b50;
constexpr size_t kEndBytes = 22, kLocatorBytes = 20, kMostComment = 65535;
constexpr uint16_t kSizes64 = 1;  // the extra field that holds sizes of 64 bits

struct Directory {
  uint64_t entries, bytes, offset;
};

/// The last end record whose comment ends where the file ends.
size_t find_end(std::span<const std::byte> file, const std::string& what) {
  for (size_t comment = 0; comment <= kMostComment && kEndBytes + comment <= file.size();
       ++comment) {
    const size_t at = file.size() - kEndBytes - comment;
    uint32_t signature = 0;
    uint16_t length = 0;
    std::memcpy(&signature, file.data() + at, sizeof signature);
    std::memcpy(&length, file.data() + at + kEndBytes - sizeof length, sizeof length);
    if (signature == kEnd && length == comment) return at;
  }
  user_error("{} is a zip archive without its end: the file is truncated", what);
}

ByteCursor at_byte(std::span<const std::byte> file, uint64_t offset, const std::string& what) {
  require(offset <= file.size(), "{}: byte {} is beyond the end of the archive", what, offset);
  return {file.subspan(static_cast<size_t>(offset)), what};
}

std::optional<Directory> find_directory_64(std::span<const std::byte> file, size_t end,
                                           const std::string& what) {
  if (end < kLocatorBytes) return std::nullopt;
  ByteCursor locator = at_byte(file, end - kLocatorBytes, what);
  if (locator.number<uint32_t>() != kLocator64) return std::nullopt;
  locator.take(4);  // the disk
  ByteCursor record = at_byte(file, locator.number<uint64_t>(), what);
  require(record.number<uint32_t>() == kEnd64, "{}: the zip64 record is damaged", what);
  record.take(8 + 2 + 2 + 4 + 4 + 8);  // its size, versions, disks, entries of this disk
  Directory directory{};
  directory.entries = record.number<uint64_t>();
  directory.bytes = record.number<uint64_t>();
  directory.offset = record.number<uint64_t>();
  return directory;
}

Directory find_directory(std::span<const std::byte> file, const std::string& what) {
  const size_t end = find_end(file, what);
  if (const auto directory = find_directory_64(file, end, what)) return *directory;
  ByteCursor record = at_byte(file, end, what);
  record.take(4 + 2 + 2 + 2);  // signature, disks, entries of this disk
  Directory directory{};
  directory.entries = record.number<uint16_t>();
  directory.bytes = record.number<uint32_t>();
  directory.offset = record.number<uint32_t>();
  return directory;
}

struct Entry {
  std::string name;
  uint16_t flags = 0, method = 0;
  uint64_t packed = 0, bytes = 0, header = 0;
};

/// Replaces the sizes that do not fit into 32 bits by those of the extra field.
void read_sizes_64(ByteCursor extra, Entry& entry) {
  while (extra.left() >= 4) {
    const auto id = extra.number<uint16_t>();
    const auto field = extra.take(extra.number<uint16_t>());
    if (id != kSizes64) continue;
    ByteCursor sizes(field, "the sizes of zip member '" + entry.name + "'");
    for (uint64_t* size : {&entry.bytes, &entry.packed, &entry.header})
      if (*size == UINT32_MAX) *size = sizes.number<uint64_t>();
  }
}

Entry take_entry(ByteCursor& cursor, const std::string& what) {
  require(cursor.number<uint32_t>() == kEntry, "{}: the directory of the archive is damaged", what);
  Entry entry;
  cursor.take(2 + 2);  // versions
  entry.flags = cursor.number<uint16_t>();
  entry.method = cursor.number<uint16_t>();
  cursor.take(2 + 2 + 4);  // time, date, CRC
  entry.packed = cursor.number<uint32_t>();
  entry.bytes = cursor.number<uint32_t>();
  const auto name = cursor.number<uint16_t>();
  const auto extra = cursor.number<uint16_t>();
  const auto comment = cursor.number<uint16_t>();
  cursor.take(2 + 2 + 4);  // disk, attributes
  entry.header = cursor.number<uint32_t>();
  entry.name = cursor.text(name);
  read_sizes_64({cursor.take(extra), what}, entry);
  cursor.take(comment);
  return entry;
}

FileRange find_data(std::span<const std::byte> file, const Entry& entry, const std::string& what) {
  const std::string named = fmt::format("{}: member '{}'", what, entry.name);
  require((entry.flags & 1) == 0, "{} is encrypted", named);
  require(entry.method == 0, "{} is compressed (method {}), which PyTorch never does", named,
          entry.method);
  require(entry.packed == entry.bytes, "{} has two sizes, {} and {}", named, entry.packed,
          entry.bytes);
  ByteCursor header = at_byte(file, entry.header, named);
  require(header.number<uint32_t>() == kMember, "{} has no header at byte {}", named, entry.header);
  header.take(2 + 2 + 2 + 2 + 2 + 4 + 4 + 4);  // version to sizes, as in the directory
  const auto name = header.number<uint16_t>();
  const auto extra = header.number<uint16_t>();
  require(header.text(name) == entry.name, "{} has another name in its own header", named);
  header.take(extra);
  const auto offset = static_cast<int64_t>(entry.header + header.at());
  header.take(entry.bytes);
  return {offset, static_cast<int64_t>(entry.bytes)};
}

}  // namespace

bool is_zip(std::span<const std::byte> file) {
  return ByteCursor(file, "").left() >= 4 && ByteCursor(file, "").number<uint32_t>() == kMember;
}

std::map<std::string, FileRange> zip_members(std::span<const std::byte> file,
                                             const std::string& what) {
  const Directory directory = find_directory(file, what);
  ByteCursor begin = at_byte(file, directory.offset, what);
  ByteCursor cursor(begin.take(directory.bytes), what + ": the directory");
  std::map<std::string, FileRange> members;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    const Entry entry = take_entry(cursor, what);
    const FileRange range = find_data(file, entry, what);
    require(members.emplace(entry.name, range).second, "{}: member '{}' is there twice", what,
            entry.name);
  }
  return members;
}

}  // namespace tessera
