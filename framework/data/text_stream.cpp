#include "framework/data/text_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/utf16.h"
#include "framework/data/gzip_stream.h"
#include "framework/data/utf16_stream.h"
#include "framework/data/zstd_stream.h"

namespace tessera {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;

/// A stream, some first bytes of which were read already.
class HeadedStream final : public ByteStream {
 public:
  HeadedStream(std::string head, std::unique_ptr<ByteStream> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  size_t read(char* to, size_t most) override {
    if (given_ == head_.size()) return rest_->read(to, most);
    const size_t count = std::min(most, head_.size() - given_);
    std::memcpy(to, head_.data() + given_, count);
    given_ += count;
    return count;
  }

 private:
  std::string head_;
  size_t given_ = 0;
  std::unique_ptr<ByteStream> rest_;
};

std::string first_bytes(ByteStream& bytes) {
  std::string head(InputFile::kHeadBytes, '\0');
  size_t filled = 0;
  while (filled < head.size()) {
    const size_t got = bytes.read(head.data() + filled, head.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  return head;
}

/// Refuses what holds text in a form that is not read.
void require_known_form(std::string_view head, const std::string& name) {
  const bool xz = head.starts_with(
                 "\xfd"
                 "7zXZ"),
             bzip2 = head.starts_with("BZh") && head.substr(4).starts_with("1AY&SY");
  require(!xz && !bzip2,
          "{}: {} is not read; decompress it with `{} -dk FILE`, or pipe it in: `{} -dc FILE | "
          "tessera tokenize - …`",
          name, xz ? "xz" : "bzip2", xz ? "xz" : "bzip2", xz ? "xz" : "bzip2");
  require(!head.starts_with("PAR1"),
          "{}: Parquet is not read; convert it with `python3 -c 'import pandas, sys; "
          "pandas.read_parquet(sys.argv[1]).to_json(sys.argv[2], orient=\"records\", lines=True)' "
          "FILE.parquet FILE.jsonl`",
          name);
}

std::unique_ptr<ByteStream> decompressed(std::unique_ptr<InputFile> file, const std::string& name) {
  const std::string_view head = file->head();
  if (looks_like_gzip(head)) return std::make_unique<GzipStream>(std::move(file), name);
  if (looks_like_zstd(head)) return std::make_unique<ZstdStream>(std::move(file), name);
  for (const auto& [ending, kind] : {std::pair{".gz", "gzip"}, std::pair{".zst", "zstd"}})
    require(head.empty() || !name.ends_with(ending),
            "{}: holds no {} data, though its name ends in {}; rename it, or download it again",
            name, kind, ending);
  return file;
}

}  // namespace

bool TextStream::want(size_t count) {
  while (buffer_.size() - begin_ < count) {
    if (begin_ > 0) {
      buffer_.erase(0, begin_);
      begin_ = 0;
    }
    const size_t filled = buffer_.size();
    buffer_.resize(filled + std::max(kReadBytes, count - filled));
    const size_t got = bytes_->read(buffer_.data() + filled, buffer_.size() - filled);
    buffer_.resize(filled + got);
    if (got == 0) return false;
  }
  return true;
}

void TextStream::consume(size_t count) {
  const std::string_view past = ahead().substr(0, count);
  hash_.update(past);
  line_ += static_cast<uint64_t>(std::count(past.begin(), past.end(), '\n'));
  position_ += past.size();
  begin_ += past.size();
}

bool TextStream::skip_to(uint64_t position) {
  while (position_ < position) {
    if (!want(1)) return false;
    consume(std::min<uint64_t>(ahead().size(), position - position_));
  }
  return true;
}

OpenedText open_text(const std::filesystem::path& path, const std::atomic<bool>* stop) {
  const std::string name = source_name(path);
  auto file = std::make_unique<InputFile>(path, stop);
  OpenedText opened;
  if (file->error() != 0) {
    opened.kind = SourceKind::unreadable;
    opened.error = file->error();
    return opened;
  }
  opened.file = file.get();
  require_known_form(file->head(), name);
  std::unique_ptr<ByteStream> bytes = decompressed(std::move(file), name);
  std::string head = first_bytes(*bytes);
  require_known_form(head, name);

  const bool low_first = head.starts_with("\xff\xfe"), high_first = head.starts_with("\xfe\xff");
  if (low_first || high_first) {
    bytes = std::make_unique<HeadedStream>(head.substr(2), std::move(bytes));
    bytes = std::make_unique<Utf16Stream>(std::move(bytes), high_first);
    head = first_bytes(*bytes);
  } else if (looks_like_utf16(head)) {
    opened.kind = SourceKind::utf16;
  } else if (head.starts_with("\xef\xbb\xbf")) {
    head.erase(0, 3);
  }
  if (head.empty()) opened.kind = SourceKind::empty;
  if (opened.kind == SourceKind::text && head.find('\0') != std::string::npos)
    opened.kind = SourceKind::binary;
  opened.text = std::make_unique<TextStream>(
      std::make_unique<HeadedStream>(std::move(head), std::move(bytes)));
  return opened;
}

}  // namespace tessera
