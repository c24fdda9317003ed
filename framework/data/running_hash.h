// XXH3 (64 bits) over bytes that come in pieces; `xxhsum -H3` prints the same for a file.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct XXH3_state_s;

namespace tessera {

class RunningHash {
 public:
  RunningHash();
  void update(std::string_view bytes);
  /// The hash of all bytes so far.
  uint64_t value() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace tessera
