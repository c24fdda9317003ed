#include "launch/generate_tokens.h"

#include <algorithm>

#include "framework/core/json.h"
#include "launch/origin_files.h"

namespace tessera {
namespace {

/// Adds the ids of an "eos_token_id": a number, a list of them, or null.
void add_ends(const nlohmann::ordered_json& config, std::vector<int32_t>& ends) {
  const auto found = config.find("eos_token_id");
  if (found == config.end()) return;
  const auto add = [&](const nlohmann::ordered_json& id) {
    if (id.is_number_integer() && id >= 0 && id <= INT32_MAX) ends.push_back(id.get<int32_t>());
  };
  if (found->is_array()) {
    for (const auto& id : *found) add(id);
  } else {
    add(*found);
  }
}

}  // namespace

std::vector<int32_t> ending_tokens(const ModelSource& source) {
  std::vector<int32_t> ends;
  if (source.marks.closed()) ends.push_back(source.marks.closes);
  // The token that opens the next document of a run ends the one before.
  if (source.checkpoint && source.marks.opened()) ends.push_back(source.marks.opens);
  if (source.outside) {
    add_ends(source.outside->original(), ends);
    const std::string text = origin_of(source).generation_config;
    if (!text.empty()) add_ends(parse_ordered_json_object(text, "generation_config.json"), ends);
  }
  std::ranges::sort(ends);
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

}  // namespace tessera
