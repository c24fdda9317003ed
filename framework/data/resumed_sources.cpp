#include "framework/data/resumed_sources.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace tessera {

std::string source_differences(const JournalState& state, const std::vector<SourceFile>& now) {
  constexpr size_t kShown = 5;
  std::vector<SourceRecord> before = state.sources;
  if (state.begun) before.push_back(*state.begun);
  std::unordered_map<std::string, size_t> place_of;
  for (size_t i = 0; i < now.size(); ++i) place_of.emplace(record_path(now[i].path), i);

  std::vector<std::string> differences;
  std::unordered_set<std::string> known;
  size_t last = 0;      // behind the last of them that is still there
  bool ordered = true;  // as they were
  for (const SourceRecord& record : before) {
    known.insert(record.file);
    const auto found = place_of.find(record.file);
    if (found == place_of.end()) {
      differences.push_back(record.file + " is missing");
      continue;
    }
    const SourceFile& file = now[found->second];
    const bool ended = &record < before.data() + state.sources.size();  // else what was read counts
    if (ended && (file.bytes != record.listed_bytes || file.modified != record.modified))
      differences.push_back(record.file + " has another size or time");
    ordered &= found->second >= last;
    last = std::max(last, found->second + 1);
  }
  for (size_t i = 0; i < last; ++i)
    if (const std::string file = record_path(now[i].path); !known.contains(file))
      differences.push_back(file + " is new");
  if (differences.empty() && !ordered) differences.emplace_back("their order is another");
  if (differences.size() > kShown) {
    const size_t more = differences.size() - kShown;
    differences.resize(kShown);
    differences.push_back(fmt::format("and {} more", more));
  }
  return fmt::format("{}", fmt::join(differences, ", "));
}

}  // namespace tessera
