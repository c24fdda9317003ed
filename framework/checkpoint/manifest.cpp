#include "framework/checkpoint/manifest.h"

#include <algorithm>
#include <map>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::string incomplete_tensor(const StoredTensor& tensor) {
  std::vector<const Box*> boxes;
  int64_t held = 0;
  for (const StoredPart& part : tensor.parts) {
    boxes.push_back(&part.box);
    held += std::min(part.box.numel(), tensor.type.numel() - held);  // more would be an overlap
  }
  const auto first = [](const Box& box) { return box.dims.empty() ? Range{0, 1} : box.dims[0]; };
  std::sort(boxes.begin(), boxes.end(),
            [&](const Box* a, const Box* b) { return first(*a).begin < first(*b).begin; });
  for (size_t i = 0; i < boxes.size(); ++i)
    for (size_t j = i + 1; j < boxes.size() && first(*boxes[j]).begin < first(*boxes[i]).end; ++j)
      if (intersect(*boxes[i], *boxes[j]))
        return fmt::format("tensor '{}': the parts {} and {} overlap", tensor.name,
                           to_string(*boxes[i]), to_string(*boxes[j]));
  if (held == tensor.type.numel()) return "";
  return fmt::format("tensor '{}': its parts hold {} of {} elements", tensor.name, held,
                     tensor.type.numel());
}

}  // namespace

const StoredFile* Manifest::find_file(std::string_view name) const {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const StoredFile& f) { return f.name == name; });
  return found == files.end() ? nullptr : &*found;
}

void Manifest::merge(const Manifest& share, const std::string& what) {
  require(share.step == step, "{}: written at step {}, not at {}", what, share.step, step);
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < tensors.size(); ++i) index[tensors[i].name] = i;
  for (const StoredFile& file : share.files) {
    require(!find_file(file.name), "{}: the file {} is listed twice", what, file.name);
    files.push_back(file);
  }
  for (const StoredTensor& theirs : share.tensors) {
    const auto [found, added] = index.emplace(theirs.name, tensors.size());
    if (added) {
      tensors.push_back(theirs);
      continue;
    }
    StoredTensor& ours = tensors[found->second];
    require(ours.type == theirs.type, "{}: tensor '{}' is {}, other writers have {}", what,
            theirs.name, to_string(theirs.type), to_string(ours.type));
    ours.parts.insert(ours.parts.end(), theirs.parts.begin(), theirs.parts.end());
  }
}

std::string Manifest::incomplete() const {
  for (const StoredTensor& tensor : tensors)
    if (std::string why = incomplete_tensor(tensor); !why.empty()) return why;
  return "";
}

std::string part_key(const std::string& name, const Shape& shape, const Box& box) {
  return box == Box::whole(shape) ? name : name + to_string(box);
}

std::string part_file_name(int writer) { return fmt::format("part-{:05}.safetensors", writer); }

}  // namespace tessera
