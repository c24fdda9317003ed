#include "models/tuning.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "framework/core/error.h"
#include "framework/mesh/layout_note.h"

namespace tessera {
namespace {

/// What the word `embeddings` stands for.
constexpr std::array<const char*, 4> kEmbeddings{"tokens", "positions", "segments",
                                                 "embedding_norm"};

bool begins_with(const std::string& name, const std::string& part) {
  return name == part || (name.starts_with(part) && name[part.size()] == '.');
}

bool names(const std::string& pattern, const std::string& parameter) {
  if (pattern == "embeddings")
    return std::ranges::any_of(kEmbeddings,
                               [&](const char* part) { return begins_with(parameter, part); });
  return begins_with(parameter, pattern) ||
         (pattern.find('*') != std::string::npos &&
          (matches(parameter, pattern) || matches(parameter, pattern + ".*")));
}

/// What parameters' names begin with, for a message: "layer.0", "final_norm".
std::vector<std::string> parts_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> parts;
  for (const Parameter& p : parameters) {
    const size_t from = p.name.starts_with("layer.") ? 6 : 0;
    const std::string part = p.name.substr(0, p.name.find('.', from));
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  return parts;
}

struct Frozen {
  std::string pattern;
  std::vector<const Parameter*> parameters;
};

std::vector<Frozen> frozen_by(const Config& config, const std::vector<Parameter>& parameters) {
  std::vector<Frozen> out;
  for (const std::string& pattern : config.tune.freeze) {
    Frozen& frozen = out.emplace_back(Frozen{pattern, {}});
    for (const Parameter& p : parameters)
      if (names(pattern, p.name)) frozen.parameters.push_back(&p);
    require(!frozen.parameters.empty(),
            "tune.freeze: '{}' names no parameter; their names begin with: {}", pattern,
            fmt::join(parts_of(parameters), ", "));
  }
  return out;
}

}  // namespace

std::vector<Parameter> trained_parameters(const Config& config,
                                          const std::vector<Parameter>& parameters) {
  std::set<std::string> all;
  for (const Frozen& frozen : frozen_by(config, parameters))
    for (const Parameter* p : frozen.parameters) all.insert(p->name);
  std::vector<Parameter> trained;
  for (const Parameter& p : parameters)
    if (!all.contains(p.name)) trained.push_back(p);
  require(!trained.empty(), "tune.freeze: [{}] leaves no parameter to train; freeze less",
          fmt::join(config.tune.freeze, ", "));
  return trained;
}

std::string frozen_text(const Config& config, const std::vector<Parameter>& parameters) {
  if (config.tune.freeze.empty()) return "";
  std::vector<std::string> words;
  std::set<std::string> seen;
  int64_t elements = 0;
  for (const Frozen& frozen : frozen_by(config, parameters)) {
    words.push_back(fmt::format("{} ({} tensors)", frozen.pattern, frozen.parameters.size()));
    for (const Parameter* p : frozen.parameters)
      if (seen.insert(p->name).second) elements += numel(p->own_shape());
  }
  return fmt::format("frozen: {}; {} parameters in all", fmt::join(words, ", "), elements);
}

}  // namespace tessera
