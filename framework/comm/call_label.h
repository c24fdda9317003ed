// Labels of collectives, a few bytes that ranks show each other: calls that differ are found before
// their data are used.
#pragma once

#include <cstdint>

#include "framework/comm/chunks.h"

namespace tessera {

struct CallLabel {
  uint64_t signature = 0;
  char title[120] = "";
};

CallLabel label_of(const Chunks& call);
/// Throws InternalError with both titles when rank `other_rank` of the group starts another
/// collective than this rank, `rank`.
void require_same(const CallLabel& mine, int rank, const CallLabel& other, int other_rank);

}  // namespace tessera
