#include "models/outside_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "framework/core/error.h"

namespace tessera {
namespace {

/// The number that `{}` of `pattern` stands for in `name`; empty text where the pattern has no
/// `{}`, nothing where the name does not fit.
std::optional<std::string_view> layer_in(std::string_view name, std::string_view pattern) {
  const size_t at = pattern.find("{}");
  if (at == std::string_view::npos)
    return name == pattern ? std::optional<std::string_view>("") : std::nullopt;
  const std::string_view before = pattern.substr(0, at), after = pattern.substr(at + 2);
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
      !name.ends_with(after))
    return std::nullopt;
  const std::string_view layer =
      name.substr(before.size(), name.size() - before.size() - after.size());
  if (layer.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return layer;
}

}  // namespace

std::map<std::string, std::string> outside_names(std::span<const OutsideName> table,
                                                 const std::vector<std::string>& parameters) {
  std::map<std::string, std::string> names;
  std::vector<std::string> missing;
  for (const std::string& name : parameters) {
    for (const OutsideName& row : table)
      if (const auto layer = layer_in(name, row.ours)) {
        std::string theirs(row.theirs);
        if (const size_t at = theirs.find("{}"); at != std::string::npos)
          theirs.replace(at, 2, *layer);
        names.emplace(name, theirs);
        break;
      }
    if (!names.contains(name)) missing.push_back(name);
  }
  require(missing.empty(), "the table of names lacks {}", fmt::join(missing, ", "));
  return names;
}

}  // namespace tessera
