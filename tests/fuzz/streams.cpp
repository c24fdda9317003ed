// gzip, zstd and UTF-16. What a stream gives does not depend on how many bytes come at once. The
// first byte of the input says which stream, and how many.
#include <memory>
#include <optional>

#include "framework/data/gzip_stream.h"
#include "framework/data/utf16_stream.h"
#include "framework/data/zstd_stream.h"
#include "framework/tokenizer/utf8.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_stream.h"

namespace tessera {
namespace {

constexpr size_t kMostText = size_t{4} << 20;  // a bomb is read in parts, and left alone

std::unique_ptr<ByteStream> open(int kind, std::unique_ptr<ByteStream> bytes) {
  if (kind == 0) return std::make_unique<GzipStream>(std::move(bytes), "the file");
  if (kind == 1) return std::make_unique<ZstdStream>(std::move(bytes), "the file");
  return std::make_unique<Utf16Stream>(std::move(bytes), kind == 2);
}

/// The text, or nothing where it ends in an error.
std::optional<std::string> text_of(int kind, std::string_view input, size_t at_once, size_t part) {
  const auto stream = open(kind, std::make_unique<MemoryStream>(std::string(input), at_once));
  std::string text, read(part, '\0');
  try {
    while (text.size() < kMostText) {
      const size_t got = stream->read(read.data(), read.size());
      check(got <= read.size(), "{} bytes were read where {} fit", got, read.size());
      if (got == 0) break;
      text.append(read, 0, got);
    }
  } catch (const UserError&) {
    return std::nullopt;
  }
  text.resize(std::min(text.size(), kMostText));
  return text;
}

void read_stream(std::string_view input) {
  const uint8_t choice = take_byte(input);
  const int kind = choice % 4;
  const auto whole = text_of(kind, input, SIZE_MAX, size_t{64} << 10);
  const auto parts = text_of(kind, input, 1U + choice / 4U, 1U + choice);
  check(whole == parts, "parts give another text");
  if (kind > 1) check(whole && is_utf8(*whole), "UTF-16 becomes no UTF-8");
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(streams, tessera::read_stream)
