// The text of a file as UTF-8, whatever it is kept in: gzip and zstd are known by their first bytes
// and decompressed, UTF-16 with a byte order mark is turned into UTF-8, and the mark of UTF-8 is
// dropped. What lies ahead can be looked at before it is consumed; of what was consumed the stream
// knows the length, the lines and the hash.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "framework/data/byte_stream.h"
#include "framework/data/input_file.h"
#include "framework/data/running_hash.h"

namespace tessera {

class TextStream {
 public:
  explicit TextStream(std::unique_ptr<ByteStream> bytes) : bytes_(std::move(bytes)) {}

  /// Text that was read but not consumed; consume() and want() end its life.
  std::string_view ahead() const { return std::string_view(buffer_).substr(begin_); }
  /// Reads on until `count` bytes lie ahead; false when the text ends before.
  bool want(size_t count);
  /// Goes past the first `count` bytes of ahead().
  void consume(size_t count);
  /// Consumes text up to `position`; false when the text ends before.
  bool skip_to(uint64_t position);

  /// Bytes consumed.
  uint64_t position() const { return position_; }
  /// The line that ahead() begins in, from 1.
  uint64_t line() const { return line_; }
  /// The hash of what was consumed.
  uint64_t hash() const { return hash_.value(); }

 private:
  std::unique_ptr<ByteStream> bytes_;
  std::string buffer_;
  size_t begin_ = 0;
  uint64_t position_ = 0, line_ = 1;
  RunningHash hash_;
};

/// What a file proved to hold.
enum class SourceKind : uint8_t { text, empty, binary, utf16, unreadable };

/// A file opened for reading its text.
struct OpenedText {
  SourceKind kind = SourceKind::text;
  int error = 0;                    // of an unreadable file: an errno
  const InputFile* file = nullptr;  // owned by `text`
  std::unique_ptr<TextStream> text;
};

/// Opens `path` and looks at its first bytes. The kind utf16 is UTF-16 without a byte order mark.
/// Throws UserError for Parquet, xz and bzip2, and for a compressed file that is damaged at its beginning or is
/// none despite its name.
OpenedText open_text(const std::filesystem::path& path, const std::atomic<bool>* stop = nullptr);

}  // namespace tessera
