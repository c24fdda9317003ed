#include "framework/tokenizer/delta_table.h"

#include <charconv>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::vector<std::pair<uint32_t, uint32_t>> read_pairs(std::string_view table) {
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  const char* at = table.data();
  const char* end = at + table.size();
  const auto number = [&] {
    uint32_t value = 0;
    const auto [rest, error] = std::from_chars(at, end, value, 16);
    check(error == std::errc(), "a table of characters is damaged");
    at = rest == end ? end : rest + 1;
    return value;
  };
  while (at != end) {
    const uint32_t first = number();
    const uint32_t second = number();
    pairs.emplace_back(first, second);
  }
  return pairs;
}

}  // namespace

std::vector<CharacterSet::Range> read_delta_ranges(std::string_view table) {
  std::vector<CharacterSet::Range> ranges;
  char32_t end = 0;
  for (const auto& [gap, length] : read_pairs(table)) {
    ranges.push_back({end + gap, end + gap + length - 1});
    end += gap + length;
  }
  return ranges;
}

std::vector<ScriptRun> read_script_runs(std::string_view table) {
  std::vector<ScriptRun> runs;
  char32_t first = 0;
  for (const auto& [length, script] : read_pairs(table)) {
    runs.push_back({first, static_cast<int>(script)});
    first += length;
  }
  return runs;
}

}  // namespace tessera
