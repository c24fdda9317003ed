#include "framework/data/running_hash.h"

#include <xxhash.h>

#include "framework/core/error.h"

namespace tessera {

RunningHash::RunningHash() : state_(XXH3_createState()) {
  check(state_ != nullptr && XXH3_64bits_reset(state_.get()) == XXH_OK, "no state for a hash");
}

void RunningHash::update(std::string_view bytes) {
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

uint64_t RunningHash::value() const { return XXH3_64bits_digest(state_.get()); }

void RunningHash::Free::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

}  // namespace tessera
