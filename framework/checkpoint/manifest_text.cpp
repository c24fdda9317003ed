#include <algorithm>
#include <set>

#include "framework/checkpoint/manifest.h"
#include "framework/core/json.h"
#include "framework/formats/checksum.h"

namespace tessera {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "tessera-checkpoint";

/// Files lie in the directory itself: a manifest cannot point elsewhere.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.find('/') == name.npos &&
         name.find('\0') == name.npos;
}

/// A name, or one folder and a name.
std::string parse_file_name(const json& value, const std::string& what) {
  const std::string& name = json_text(value, what);
  const size_t slash = std::min(name.find('/'), name.size());
  require(is_plain_name(name.substr(0, slash)) &&
              (slash == name.size() || is_plain_name(name.substr(slash + 1))),
          "{}: '{}' is not the name of a file of a checkpoint", what, name);
  return name;
}

json box_json(const Box& box) {
  json out = json::array();
  for (const Range& r : box.dims) out.push_back(json::array({r.begin, r.end}));
  return out;
}

Box parse_box(const json& value, const Shape& shape, const std::string& what) {
  Box box;
  for (const json& dim : json_list(value, what)) {
    require(json_list(dim, what).size() == 2, "{}: a dim of a box is a begin and an end", what);
    box.dims.push_back({json_count(dim[0], what), json_count(dim[1], what)});
  }
  require(box.dims.size() == shape.size(), "{}: the box {} is not of rank {}", what, to_string(box),
          shape.size());
  for (size_t i = 0; i < shape.size(); ++i)
    require(box.dims[i].begin < box.dims[i].end && box.dims[i].end <= shape[i],
            "{}: the box {} is empty or leaves the shape {}", what, to_string(box),
            to_string(shape));
  return box;
}

StoredTensor parse_tensor(const json& value, const std::string& file) {
  StoredTensor tensor;
  tensor.name = json_text(json_member(value, "name", file), file);
  const std::string what = fmt::format("{}: tensor '{}'", file, tensor.name);
  const std::string& dtype = json_text(json_member(value, "dtype", what), what);
  try {
    tensor.type = {parse_dtype(dtype), json_shape(json_member(value, "shape", what), what)};
  } catch (const UserError& error) {
    user_error("{}: {}", what, error.what());
  }
  checked_bytes(tensor.type.shape, size_of(tensor.type.dtype), what);
  for (const json& part : json_list(json_member(value, "parts", what), what))
    tensor.parts.push_back(
        {parse_file_name(json_member(part, "file", what), what),
         parse_box(json_member(part, "box", what), tensor.type.shape, what),
         parse_checksum(json_text(json_member(part, "xxh3", what), what), what)});
  return tensor;
}

}  // namespace

std::string seal(std::string_view rest) {
  return fmt::format("{{\"xxh3\":\"{}\",\n{}", checksum_text(checksum(rest)), rest);
}

std::string to_text(const Manifest& manifest) {
  // One line per file and tensor: readable, and small to change.
  std::string out = fmt::format("\"format\":\"{}\",\n\"version\":{},\n\"step\":{},\n\"files\":[",
                                kFormat, Manifest::kVersion, manifest.step);
  const char* comma = "\n";
  for (const StoredFile& file : manifest.files) {
    const json line = {
        {"file", file.name}, {"bytes", file.bytes}, {"xxh3", checksum_text(file.checksum)}};
    out += comma + line.dump();
    comma = ",\n";
  }
  out += "],\n\"tensors\":[";
  comma = "\n";
  for (const StoredTensor& tensor : manifest.tensors) {
    json parts = json::array();
    for (const StoredPart& part : tensor.parts)
      parts.push_back({{"file", part.file},
                       {"box", box_json(part.box)},
                       {"xxh3", checksum_text(part.checksum)}});
    const json line = {{"name", tensor.name},
                       {"dtype", to_string(tensor.type.dtype)},
                       {"shape", tensor.type.shape},
                       {"parts", parts}};
    out += comma + line.dump();
    comma = ",\n";
  }
  return seal(out + "]}\n");
}

Manifest parse_manifest(std::string_view text, const std::string& what) {
  const size_t line = text.find('\n');
  require(line != std::string_view::npos && text == seal(text.substr(line + 1)),
          "{} is damaged: its checksum does not match its text", what);
  const json root = parse_json_object(text, what);
  require(json_text(json_member(root, "format", what), what) == kFormat,
          "{} is not the manifest of a checkpoint", what);
  const int64_t version = json_count(json_member(root, "version", what), what);
  require(version == Manifest::kVersion, "{}: checkpoint format {}; this Tessera reads format {}",
          what, version, Manifest::kVersion);
  Manifest manifest;
  manifest.step = json_count(json_member(root, "step", what), what);
  std::set<std::string> seen;
  for (const json& value : json_list(json_member(root, "files", what), what)) {
    manifest.files.push_back(
        {parse_file_name(json_member(value, "file", what), what),
         json_count(json_member(value, "bytes", what), what),
         parse_checksum(json_text(json_member(value, "xxh3", what), what), what)});
    require(seen.insert(manifest.files.back().name).second, "{}: the file {} is listed twice", what,
            manifest.files.back().name);
  }
  seen.clear();
  for (const json& value : json_list(json_member(root, "tensors", what), what)) {
    manifest.tensors.push_back(parse_tensor(value, what));
    require(seen.insert(manifest.tensors.back().name).second, "{}: tensor '{}' is listed twice",
            what, manifest.tensors.back().name);
  }
  return manifest;
}

}  // namespace tessera
