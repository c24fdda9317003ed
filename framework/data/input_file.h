// A file, or standard input, read from start to end, with a hash of what was read. The first bytes
// are read at once, since they tell what the file holds; a failure up to there is an errno and not
// an exception, because a file that cannot be read is skipped in one place and fatal in another.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "framework/core/descriptor.h"
#include "framework/data/byte_stream.h"
#include "framework/data/running_hash.h"

namespace tessera {

/// The path that stands for standard input.
inline constexpr std::string_view kStandardInput = "-";

/// How messages call the file `path`.
std::string source_name(const std::filesystem::path& path);

class InputFile final : public ByteStream {
 public:
  static constexpr size_t kHeadBytes = 8192;

  /// Waiting for standard input ends when `*stop` becomes true: the input then seems to end.
  explicit InputFile(const std::filesystem::path& path, const std::atomic<bool>* stop = nullptr);

  /// 0, or the errno of the failure to open the file or to read its first bytes.
  int error() const { return error_; }
  /// The first bytes: kHeadBytes, or all of a smaller file. read() gives them again.
  std::string_view head() const { return head_; }
  size_t read(char* to, size_t most) override;

  /// Bytes read from the system so far, and their hash; those of the file once read() gave 0.
  uint64_t bytes() const { return bytes_; }
  uint64_t hash() const { return hash_.value(); }

 private:
  /// What ::read gives: a count, 0 at the end, or -1 and errno.
  int64_t read_some(char* to, size_t most);

  std::string name_;
  bool standard_input_;
  const std::atomic<bool>* stop_;
  Descriptor file_;
  int error_ = 0;
  std::string head_;
  size_t head_given_ = 0;
  uint64_t bytes_ = 0;
  RunningHash hash_;
};

}  // namespace tessera
