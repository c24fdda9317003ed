// The merging of byte-pair encoding, over a list of ids: the pair of the lowest rank first, the
// leftmost of equals. Short lists are searched through, long ones kept in a heap, so that n symbols
// take O(n log n).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/tokenizer/pair_table.h"

namespace tessera {

/// Merges the ids from `begin` on to the end of the list, in place.
void merge_pairs(const PairTable& merges, std::vector<int32_t>& ids, size_t begin);

}  // namespace tessera
