#include "framework/formats/checksum.h"

#include <xxhash.h>

#include <new>

#include "framework/core/error.h"

namespace tessera {

uint64_t checksum(std::span<const std::byte> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

uint64_t checksum(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

void RunningChecksum::Free::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

RunningChecksum::RunningChecksum() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_64bits_reset(state_.get());
}

void RunningChecksum::add(std::span<const std::byte> bytes) {
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

uint64_t RunningChecksum::value() const { return XXH3_64bits_digest(state_.get()); }

std::string checksum_text(uint64_t value) { return fmt::format("{:016x}", value); }

uint64_t parse_checksum(std::string_view text, std::string_view what) {
  uint64_t value = 0;
  bool good = text.size() == 16;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'f';
    good = good && (digit || letter);
    value = value << 4 | static_cast<uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  require(good, "{}: '{}' is no checksum (16 hexadecimal digits)", what, text);
  return value;
}

}  // namespace tessera
