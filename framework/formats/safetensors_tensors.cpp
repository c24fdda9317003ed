#include "framework/formats/safetensors_tensors.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "framework/core/error.h"
#include "framework/core/mapped_file.h"

namespace tessera {
namespace {

std::optional<StoredType> stored_type_of(std::string_view dtype) {
  struct Row {
    std::string_view name;
    StoredType type;
  };
  static constexpr Row kRows[] = {{"F64", StoredType::f64}, {"F32", StoredType::f32},
                                  {"F16", StoredType::f16}, {"BF16", StoredType::bf16},
                                  {"I64", StoredType::i64}, {"I32", StoredType::i32},
                                  {"I16", StoredType::i16}, {"I8", StoredType::i8},
                                  {"U8", StoredType::u8},   {"BOOL", StoredType::boolean}};
  for (const Row& row : kRows)
    if (row.name == dtype) return row.type;
  return std::nullopt;
}

}  // namespace

SafetensorsTensors::SafetensorsTensors(const std::filesystem::path& path)
    : file_(path), header_(parse_safetensors_header(MappedFile(path).bytes(), path.string())) {
  for (const SafetensorsEntry& entry : header_.tensors) {
    const auto type = stored_type_of(entry.dtype);
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
