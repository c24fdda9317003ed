// Tables of characters as generated text: hexadecimal numbers, apart by spaces.
#pragma once

#include <string_view>
#include <vector>

#include "framework/tokenizer/character_set.h"

namespace tessera {

/// Ranges from the gaps before them and their lengths.
std::vector<CharacterSet::Range> read_delta_ranges(std::string_view table);

}  // namespace tessera
