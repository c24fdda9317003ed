#include "models/outside_export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"
#include "models/outside_config.h"

namespace tessera {

OutsideTarget outside_target(const Config& config, const nlohmann::ordered_json& original,
                             bool gguf) {
  std::string preferred_type, preferred_class;
  if (const auto type = original.find("model_type"); type != original.end() && type->is_string())
    preferred_type = type->get<std::string>();
  if (const auto list = original.find("architectures");
      list != original.end() && list->is_array() && !list->empty() && list->front().is_string())
    preferred_class = list->front().get<std::string>();
  OutsideTarget best;
  int best_rank = -2;
  for (const OutsideFamily* family : outside_families())
    for (const OutsideClass& kind : family->classes) {
      if (family->gguf != gguf) continue;
      std::vector<std::string> why_not = obstacles(*family, kind, config);
      const bool of_type = why_not.empty() || !why_not.front().starts_with("model.type ");
      const int rank = !of_type                               ? -1
                       : !why_not.empty()                     ? 0
                       : kind.name == preferred_class         ? 3
                       : family->model_type == preferred_type ? 2
                                                              : 1;
      if (rank < best_rank ||
          (rank == best_rank && (rank > 0 || why_not.size() >= best.why_not.size())))
        continue;
      best_rank = rank;
      best = {family, &kind, std::move(why_not)};
    }
  return best;
}

std::string outside_target_text(const Config& config) {
  const OutsideTarget target = outside_target(config, nlohmann::ordered_json::object());
  if (target.why_not.empty())
    return fmt::format("exports to {} of transformers", target.kind->name);
  return fmt::format("exports to no class of transformers: {}", fmt::join(target.why_not, "; "));
}

std::vector<OutsideTensorPlan> outside_tensors(const OutsideTarget& target,
                                               const std::vector<Parameter>& parameters,
                                               const Config& config, int64_t vocab) {
  std::vector<OutsideTensorPlan> out;
  const std::string_view base = target.family->base;
  for (OutsidePart& part :
       outside_parts(*target.family, target.kind, parameters, outside_sizes(config, vocab))) {
    const auto known = std::ranges::find(out, part.theirs, &OutsideTensorPlan::canonical);
    if (known != out.end()) {
      known->parts.push_back(std::move(part));
      continue;
    }
    std::string name = part.theirs;
    if (target.kind->bare && name.starts_with(base)) name = name.substr(base.size());
    const std::string canonical = part.theirs;
    const Shape shape = part.view.theirs;
    out.push_back({std::move(name), canonical, shape, {}});
    out.back().parts.push_back(std::move(part));
  }
  return out;
}

std::vector<float> assembled(const OutsideTensorPlan& plan, TensorSource& source) {
  std::vector<float> theirs(static_cast<size_t>(numel(plan.shape))), ours;
  for (const OutsidePart& part : plan.parts) {
    ours.resize(static_cast<size_t>(numel(part.view.ours)));
    source.read(part.ours, Box::whole(part.view.ours), ours.data());
    place_in_theirs(part.view, ours, theirs);
  }
  return theirs;
}

}  // namespace tessera
