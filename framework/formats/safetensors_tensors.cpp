#include "framework/formats/safetensors_tensors.h"

#include "framework/core/error.h"
#include "framework/core/mapped_file.h"
#include "framework/formats/safetensors_types.h"

namespace tessera {

SafetensorsTensors::SafetensorsTensors(const std::filesystem::path& path)
    : file_(path), header_(parse_safetensors_header(MappedFile(path).bytes(), path.string())) {
  for (const SafetensorsEntry& entry : header_.tensors) {
    const auto type = stored_type_of_safetensors(entry.dtype);
    places_[entry.name] = {{type.value_or(StoredType::u8), entry.shape}, &entry, type.has_value()};
  }
}

std::vector<std::string> SafetensorsTensors::names() const {
  std::vector<std::string> names;
  names.reserve(header_.tensors.size());
  for (const SafetensorsEntry& entry : header_.tensors) names.push_back(entry.name);
  return names;
}

const SafetensorsTensors::Place& SafetensorsTensors::place(const std::string& name) const {
  const auto found = places_.find(name);
  require(found != places_.end(), "{} has no tensor '{}'", title(), name);
  require(found->second.readable,
          "{}: tensor '{}' is {}, which Tessera does not read: convert it to F32, F16 or BF16",
          title(), name, found->second.entry->dtype);
  return found->second;
}

const ForeignTensor& SafetensorsTensors::tensor(const std::string& name) const {
  return place(name).tensor;
}

void SafetensorsTensors::read(const std::string& name, int64_t first, std::span<float> out) const {
  const Place& found = place(name);
  const int64_t count = numel(found.tensor.shape), wanted = static_cast<int64_t>(out.size());
  check(first >= 0 && wanted <= count && first <= count - wanted,
        "elements {} to {} of tensor '{}' with {}", first, first + wanted, name, count);
  file_.read_floats(header_.bytes + found.entry->begin, found.tensor.type, first, out);
}

}  // namespace tessera
