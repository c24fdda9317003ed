#include "framework/train/new_head.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/mesh/layout_note.h"

namespace tessera {
namespace {

bool is_one_of(const std::string& name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns,
                             [&](const std::string& pattern) { return matches(name, pattern); });
}

/// "classifier" of "classifier.bias".
std::string layer_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

}  // namespace

NewHead new_head(const ModelDef& model, const TensorSource& source,
                 const std::vector<WantedTensor>& wanted) {
  NewHead head;
  std::set<std::string> names, layers;
  for (const WantedTensor& tensor : wanted) {
    names.insert(tensor.name);
    const bool fits = source.contains(tensor.name) && source.type(tensor.name) == tensor.type;
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
