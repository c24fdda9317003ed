// XXH3 (64 bits) over bytes: it finds damage of files, not forgery. Manifests hold it as 16
// hexadecimal digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct XXH3_state_s;

namespace tessera {

uint64_t checksum(std::span<const std::byte> bytes);
uint64_t checksum(std::string_view text);

/// The checksum of bytes that come in pieces.
class RunningChecksum {
 public:
  RunningChecksum();
  void add(std::span<const std::byte> bytes);
  uint64_t value() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

/// "00c0ffee00c0ffee"
std::string checksum_text(uint64_t value);

/// The value of a checksum_text; throws UserError that begins with `what` unless `text` is 16
/// lower-case hexadecimal digits.
uint64_t parse_checksum(std::string_view text, std::string_view what);

}  // namespace tessera
