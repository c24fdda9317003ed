#include "models/outside_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr std::array<std::string_view, 2> kWrappers = {"module.", "_orig_mod."};

bool fits(const OutsideFamily& family, std::string_view name) {
  const auto is = [&](std::string_view pattern) { return layer_in(name, pattern).has_value(); };
  return std::ranges::any_of(family.tensors, is, &OutsideTensor::theirs) ||
         std::ranges::any_of(family.copies, [&](const auto& copy) { return is(copy.first); }) ||
         std::ranges::any_of(family.buffers, is) || std::ranges::any_of(family.spare, is);
}

}  // namespace

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

std::string with_layer(std::string_view pattern, std::string_view layer) {
  std::string name(pattern);
  if (const size_t at = name.find("{}"); at != std::string::npos) name.replace(at, 2, layer);
  return name;
}

OutsideNames outside_names(const OutsideFamily& family, const ForeignTensors& file) {
  OutsideNames out;
  std::set<std::string> taken_off;
  for (const std::string& name : file.names()) {
    std::string_view rest = name;
    for (size_t i = 0; i < kWrappers.size();)
      if (rest.starts_with(kWrappers[i])) {
        rest.remove_prefix(kWrappers[i].size());
        taken_off.emplace(kWrappers[i]);
        i = 0;
      } else {
        ++i;
      }
    std::string known(rest);
    if (!fits(family, known)) known = std::string(family.base) + known;
    if (!fits(family, known)) {
      out.unknown.push_back(name);
      continue;
    }
    const auto [first, is_new] = out.in_file.emplace(known, name);
    require(is_new, "{}: '{}' and '{}' are two tensors for one place; remove one of them",
            file.title(), first->second, name);
  }
  for (const std::string& prefix : taken_off)
    out.notes.push_back(
        fmt::format("{}: '{}' was taken off the names of the tensors", file.title(), prefix));
  return out;
}

}  // namespace tessera
