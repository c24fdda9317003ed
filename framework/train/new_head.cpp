#include "framework/train/new_head.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/mesh/layout_note.h"
#include "framework/record/recorded_config.h"

namespace tessera {
namespace {

bool is_one_of(const std::string& name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& pattern) { return matches(name, pattern); });
}

/// "classifier" of "classifier.bias".
std::string layer_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

/// Whether the labels of a checkpoint of Tessera, if the source is one, are the config's.
bool has_labels_of(const TensorSource& source, const Config& config) {
  const auto known = source.metadata();
  const auto text = known.find("config");
  if (text == known.end() || text->second.empty()) return true;
  try {
    return parse_recorded(config.model.kinds, text->second, source.title()).task.labels ==
           config.task.labels;
  } catch (const UserError&) {
    return true;  // no config of a run: nothing is known of labels
  }
}

}  // namespace

NewHead new_head(const ModelDef& model, const Config& config, const TensorSource& source,
                 const std::vector<WantedTensor>& wanted) {
  NewHead head;
  const bool same = has_labels_of(source, config);
  std::set<std::string> names, layers;
  for (const WantedTensor& tensor : wanted) {
    names.insert(tensor.name);
    const bool fits = source.contains(tensor.name) && source.type(tensor.name) == tensor.type &&
                      (same || !tensor.name.starts_with("classifier."));
    if (!fits && is_one_of(tensor.name, model.fresh)) layers.insert(layer_of(tensor.name));
  }
  // A bias that fits beside a weight that does not is of another layer than this one.
  for (const std::string& name : names)
    if (layers.contains(layer_of(name)) && is_one_of(name, model.fresh)) head.fresh.insert(name);
  for (const std::string& name : source.names())
    if (head.fresh.contains(name) || (!names.contains(name) && is_one_of(name, model.left)))
      head.left.insert(name);
  return head;
}

std::vector<std::string> NewHead::text() const {
  std::vector<std::string> lines;
  if (!fresh.empty())
    lines.push_back(fmt::format("new, with first values as drawn: {}", fmt::join(fresh, ", ")));
  std::vector<std::string> tensors;  // without what the optimizer keeps of them
  for (const std::string& name : left)
    if (name.find('@') == std::string::npos) tensors.push_back(name);
  if (!tensors.empty())
    lines.push_back(fmt::format("not taken from there: {}", fmt::join(tensors, ", ")));
  return lines;
}

}  // namespace tessera
