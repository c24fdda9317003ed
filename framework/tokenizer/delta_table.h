// Tables of characters as generated text: hexadecimal numbers, apart by spaces.
#pragma once

#include <string_view>
#include <vector>

#include "framework/tokenizer/character_set.h"

namespace tessera {

struct ScriptRun {
  char32_t first;
  int script;
};

/// Ranges from the gaps before them and their lengths.
std::vector<CharacterSet::Range> read_delta_ranges(std::string_view table);
/// Runs from their lengths and scripts.
std::vector<ScriptRun> read_script_runs(std::string_view table);

}  // namespace tessera
