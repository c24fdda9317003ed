#include "framework/formats/gguf_file.h"

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/formats/ggml_types.h"

namespace tessera {
namespace {

constexpr uint64_t kMostDims = 8;  // ggml itself has 4

/// Checks the first bytes and the version.
void take_version(ByteCursor& cursor, const std::string& title) {
  require(cursor.left() >= 4 && cursor.text(4) == "GGUF",
          "{} is no GGUF file: it does not begin with 'GGUF'", title);
  const auto version = cursor.number<uint32_t>();
  require((version & 0xffffu) != 0, "{} is big-endian, which Tessera does not read: convert it",
          title);
  require(version == 2 || version == 3, "{} is GGUF version {}; Tessera reads 2 and 3", title,
          version);
}

}  // namespace

GgufFile::GgufFile(const std::filesystem::path& path) : file_(path), head_(path) {
  ByteCursor cursor(head_.bytes(), title());
  take_version(cursor, title());
  const auto tensors = cursor.number<uint64_t>();
  const auto keys = cursor.number<uint64_t>();
  metadata_ = GgufMetadata(cursor, keys, title());
  constexpr const char* kParts = "split.count";
  const int64_t parts = metadata_.has(kParts) ? metadata_.integer(kParts) : 1;
  require(parts <= 1,
          "{} is one of {} parts, which are not read: join them (llama-gguf-split --merge)",
          title(), parts);
  read_alignment();
  for (uint64_t t = 0; t < tensors; ++t) add_tensor(cursor);
  const auto head = static_cast<int64_t>(cursor.at());
  const int64_t data = (head + alignment_ - 1) / alignment_ * alignment_;
  for (auto& [name, place] : places_) {
    const std::string what = fmt::format("{}: tensor '{}'", title(), name);
    const int64_t bytes =
        place.readable ? stored_bytes(place.tensor.type, place.tensor.shape, what) : 0;
    const int64_t held = std::max<int64_t>(0, file_.bytes() - data);
    require(place.offset <= held && bytes <= held - place.offset,
            "{} takes {} bytes at byte {} of the data, which has {}: the file is truncated", what,
            bytes, place.offset, held);
    place.offset += data;
  }
}

void GgufFile::read_alignment() {
  constexpr const char* kKey = "general.alignment";
  if (!metadata_.has(kKey)) return;
  alignment_ = metadata_.integer(kKey);
  const bool power = alignment_ > 0 && (alignment_ & (alignment_ - 1)) == 0;
  require(power && alignment_ <= int64_t{1} << 30, "{}: {} is {}, not a power of two up to 2^30",
          title(), kKey, alignment_);
}

void GgufFile::add_tensor(ByteCursor& cursor) {
  std::string name(cursor.text(cursor.number<uint64_t>()));
  const std::string what = fmt::format("{}: tensor '{}'", title(), name);
  const auto dims = cursor.number<uint32_t>();
  require(dims <= kMostDims, "{} has {} dims; Tessera reads up to {}", what, dims, kMostDims);
  Place place{};
  for (uint32_t d = 0; d < dims; ++d) {
    const auto dim = cursor.number<uint64_t>();
    require(std::in_range<int64_t>(dim), "{}: a dim of {} is too large", what, dim);
    place.tensor.shape.push_back(static_cast<int64_t>(dim));
  }
  std::reverse(place.tensor.shape.begin(), place.tensor.shape.end());
  checked_bytes(place.tensor.shape, sizeof(double), what);
  place.ggml_type = cursor.number<uint32_t>();
  const auto type = stored_type_of_ggml(place.ggml_type);
  place.readable = type.has_value();
  place.tensor.type = type.value_or(StoredType::u8);
  const auto offset = cursor.number<uint64_t>();
  require(std::in_range<int64_t>(offset) && offset % static_cast<uint64_t>(alignment_) == 0,
          "{} begins at byte {} of the data, which is no multiple of {}", what, offset, alignment_);
  place.offset = static_cast<int64_t>(offset);
  require(places_.emplace(name, std::move(place)).second, "{} is given twice", what);
  names_.push_back(std::move(name));
}

const GgufFile::Place& GgufFile::place(const std::string& name) const {
  const auto found = places_.find(name);
  require(found != places_.end(), "{} has no tensor '{}'", title(), name);
  require(found->second.readable,
          "{}: tensor '{}' is of ggml's type {}, which Tessera does not read: convert the model to "
          "F32, F16, BF16, Q8_0, Q4_0 or Q4_1",
          title(), name, ggml_type_name(found->second.ggml_type));
  return found->second;
}

const ForeignTensor& GgufFile::tensor(const std::string& name) const { return place(name).tensor; }

void GgufFile::read(const std::string& name, int64_t first, std::span<float> out) const {
  const Place& found = place(name);
  const int64_t count = numel(found.tensor.shape), wanted = static_cast<int64_t>(out.size());
  check(first >= 0 && wanted <= count && first <= count - wanted,
        "elements {} to {} of tensor '{}' with {}", first, first + wanted, name, count);
  file_.read_floats(found.offset, found.tensor.type, first, out);
}

}  // namespace tessera
