#include "framework/formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <tuple>

#include "framework/core/json.h"

namespace tessera {
namespace {

constexpr int64_t kLengthBytes = 8;
constexpr uint64_t kMaxJson = 100'000'000;  // the format's own limit
constexpr const char* kMetadata = "__metadata__";

struct Name {
  const char* text;
  size_t bytes;
  std::optional<DType> dtype;
};
constexpr std::array<Name, 16> kNames{{{"F32", 4, DType::f32},
                                       {"BF16", 2, DType::bf16},
                                       {"F64", 8, DType::f64},
                                       {"I32", 4, DType::i32},
                                       {"I64", 8, DType::i64},
                                       {"BOOL", 1, DType::boolean},
                                       {"F16", 2, std::nullopt},
                                       {"U8", 1, std::nullopt},
                                       {"I8", 1, std::nullopt},
                                       {"U16", 2, std::nullopt},
                                       {"I16", 2, std::nullopt},
                                       {"U32", 4, std::nullopt},
                                       {"U64", 8, std::nullopt},
                                       {"F8_E4M3", 1, std::nullopt},
                                       {"F8_E5M2", 1, std::nullopt},
                                       {"C64", 8, std::nullopt}}};

const Name& find_dtype(const std::string& text, const std::string& what) {
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& n) { return n.text == text; });
  require(found != kNames.end(), "{}: unknown dtype '{}'", what, text);
  return *found;
}

SafetensorsEntry parse_entry(const std::string& name, const nlohmann::json& json,
                             const std::string& file) {
  const std::string what = fmt::format("{}: tensor '{}'", file, name);
  SafetensorsEntry entry{name, json_text(json_member(json, "dtype", what), what),
                         json_shape(json_member(json, "shape", what), what)};
  const nlohmann::json& range = json_list(json_member(json, "data_offsets", what), what);
  require(range.size() == 2, "{}: data_offsets are a begin and an end, not {} numbers", what,
          range.size());
  entry.begin = json_count(range[0], what);
  entry.end = json_count(range[1], what);
  const int64_t bytes = checked_bytes(entry.shape, find_dtype(entry.dtype, what).bytes, what);
  require(entry.begin <= entry.end && entry.bytes() == bytes,
          "{}: {}{} takes {} bytes, but data_offsets are [{},{}]", what, entry.dtype,
          to_string(entry.shape), bytes, entry.begin, entry.end);
  return entry;
}

}  // namespace

std::span<const std::byte> safetensors_header_bytes(std::span<const std::byte> file) {
  uint64_t length = 0;
  if (file.size() < kLengthBytes) return file;
  std::memcpy(&length, file.data(), sizeof length);
  return length <= file.size() - kLengthBytes ? file.first(kLengthBytes + length) : file;
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file,
                                           const std::string& what) {
  require(file.size() >= kLengthBytes, "{} is no safetensors file: {} bytes are too few", what,
          file.size());
  uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  require(length <= kMaxJson && length <= file.size() - kLengthBytes,
          "{} is no safetensors file, or is truncated: a header of {} bytes in a file of {}", what,
          length, file.size());
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + kLengthBytes, length);
  require(text.starts_with('{'), "{} is no safetensors file: the header does not begin with '{{'",
          what);
  const nlohmann::json json = parse_json_object(text, what + ": the header");

  SafetensorsHeader header;
  header.bytes = kLengthBytes + static_cast<int64_t>(length);
  for (const auto& [name, value] : json.items()) {
    if (name != kMetadata) {
      header.tensors.push_back(parse_entry(name, value, what));
      continue;
    }
    require(value.is_object(), "{}: {} is no object", what, kMetadata);
    for (const auto& [key, text_value] : value.items())
      header.metadata[key] = json_text(text_value, what + ": " + kMetadata);
  }
  std::sort(header.tensors.begin(), header.tensors.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  int64_t at = 0;
  for (const SafetensorsEntry& entry : header.tensors) {
    require(entry.begin == at, "{}: tensor '{}' begins at byte {} of the data where {} is due: {}",
            what, entry.name, entry.begin, at, entry.begin < at ? "an overlap" : "a hole");
    at = entry.end;
  }
  const int64_t data = static_cast<int64_t>(file.size()) - header.bytes;
  require(at == data, "{}: its tensors take {} bytes, its data has {}{}", what, at, data,
          at > data ? ": the file is truncated" : "");
  return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  nlohmann::json json = nlohmann::json::object();
  if (!header.metadata.empty()) json[kMetadata] = header.metadata;
  for (const SafetensorsEntry& entry : header.tensors)
    json[entry.name] = {
        {"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  std::string text;
  try {
    text = json.dump();
  } catch (const nlohmann::json::exception& error) {
    user_error("a name for a safetensors file is not UTF-8: {}", error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data is aligned to 8 bytes
  require(text.size() <= kMaxJson, "a safetensors header takes {} bytes, the format allows {}",
          text.size(), kMaxJson);
  const uint64_t length = text.size();
  std::string out(kLengthBytes, '\0');
  std::memcpy(out.data(), &length, sizeof length);
  return out + text;
}

std::string safetensors_dtype(DType dtype) {
  for (const Name& name : kNames)
    if (name.dtype == dtype) return name.text;
  internal_error("dtype {} has no safetensors name", dtype);
}

TensorType type_of(const SafetensorsEntry& entry, const std::string& what) {
  const Name& name = find_dtype(entry.dtype, what);
  require(name.dtype.has_value(), "{}: tensor '{}' is {}, which Tessera does not read", what,
          entry.name, entry.dtype);
  return {*name.dtype, entry.shape};
}

}  // namespace tessera
