#include "framework/data/utf16_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "framework/tokenizer/utf8.h"

namespace tessera {
namespace {

constexpr char32_t kReplacement = 0xfffd;

bool is_high(char32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(char32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

Utf16Stream::Utf16Stream(std::unique_ptr<ByteStream> from, bool high_byte_first)
    : from_(std::move(from)), high_byte_first_(high_byte_first) {}

size_t Utf16Stream::read(char* to, size_t most) {
  while (given_ == text_.size()) {
    if (ended_) return 0;
    text_.clear();
    given_ = 0;
    refill();
  }
  const size_t count = std::min(most, text_.size() - given_);
  std::memcpy(to, text_.data() + given_, count);
  given_ += count;
  return count;
}

void Utf16Stream::refill() {
  std::array<char, 32768> bytes;
  std::copy(odd_.begin(), odd_.end(), bytes.begin());
  const size_t got = from_->read(bytes.data() + odd_.size(), bytes.size() - odd_.size());
  const size_t filled = odd_.size() + got;
  ended_ = got == 0;
  for (size_t i = 0; i + 1 < filled; i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    unit(high_byte_first_ ? char32_t{first} << 8 | second : char32_t{second} << 8 | first);
  }
  odd_.assign(bytes.data() + filled / 2 * 2, filled % 2);
  if (!ended_) return;
  if (high_ != 0) append_utf8(kReplacement, text_);
  if (!odd_.empty()) append_utf8(kReplacement, text_);
}

void Utf16Stream::unit(char32_t value) {
  if (high_ != 0 && is_low(value)) {
    append_utf8(0x10000 + ((high_ - 0xd800) << 10) + (value - 0xdc00), text_);
    high_ = 0;
    return;
  }
  if (high_ != 0) append_utf8(kReplacement, text_);
  high_ = is_high(value) ? value : 0;
  if (high_ == 0) append_utf8(is_low(value) ? kReplacement : value, text_);
}

}  // namespace tessera
