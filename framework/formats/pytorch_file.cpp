#include "framework/formats/pytorch_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/shortened.h"
#include "framework/formats/byte_cursor.h"
#include "framework/formats/zip_directory.h"

namespace tessera {
namespace {

constexpr const char* kRemedy =
    "load it in Python where you trust it, and write its tensors with safetensors.torch.save_file";
constexpr std::string_view kPickleName = "/data.pkl";
// A pickle of the number 0x1950a86a20f9469cfc6c, with which PyTorch's streams begin.
constexpr std::string_view kMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr int64_t kStreamVersion = 1001;

/// Moves the offset of each tensor from its storage to the file.
void move_into_file(TorchTensors& all, const std::map<std::string, FileRange>& storages,
                    const std::string& what) {
  for (TorchTensor& tensor : all.tensors) {
    const auto found = storages.find(tensor.storage);
    require(found != storages.end(), "{} lacks storage {} of tensor '{}'", what, tensor.storage,
            tensor.name);
    const TorchStorage& storage = all.storages.at(tensor.storage);
    require(storage.elements <= found->second.bytes / tensor.element_bytes(),
            "{}: storage {} of tensor '{}' has {} bytes, {} numbers of {} are due", what,
            tensor.storage, tensor.name, found->second.bytes, storage.elements, storage.type);
    tensor.offset = found->second.offset + tensor.offset * tensor.element_bytes();
  }
}

std::string_view text_of(std::span<const std::byte> file, const FileRange& range) {
  return {reinterpret_cast<const char*>(file.data()) + range.offset,
          static_cast<size_t>(range.bytes)};
}

std::vector<TorchTensor> read_archive(std::span<const std::byte> file, const std::string& what) {
  const auto members = zip_members(file, what);
  const auto is_pickle = [](const auto& member) { return member.first.ends_with(kPickleName); };
  const auto pickle = std::find_if(members.begin(), members.end(), is_pickle);
  require(pickle != members.end(), "{} is a zip archive, but not PyTorch's: it has no data.pkl",
          what);
  const std::string folder = pickle->first.substr(0, pickle->first.size() - kPickleName.size() + 1);
  if (const auto order = members.find(folder + "byteorder"); order != members.end())
    require(text_of(file, order->second) == "little", "{} is {}-endian, which is not read: {}",
            what, shortened(text_of(file, order->second), 20), kRemedy);
  ByteCursor cursor(file.subspan(static_cast<size_t>(pickle->second.offset),
                                 static_cast<size_t>(pickle->second.bytes)),
                    what + ": its pickle");
  TorchTensors all = torch_tensors(read_pickle(cursor, what + ": its pickle"), what);
  std::map<std::string, FileRange> storages;
  const std::string data = folder + "data/";
  for (auto at = members.lower_bound(data); at != members.end() && at->first.starts_with(data);
       ++at)
    storages[at->first.substr(data.size())] = at->second;
  move_into_file(all, storages, what);
  return std::move(all.tensors);
}

/// Checks the description of the machine that wrote a stream.
void require_little_endian(const Pickle& machine, const std::string& what) {
  const PickleValue& root = machine[machine.root];
  bool little = false;
  for (size_t i = 0; root.kind == PickleKind::dictionary && i + 1 < root.items.size(); i += 2)
    if (machine[root.items[i]].text == "little_endian")
      little = machine[root.items[i + 1]].integer == 1;
  require(little, "{} was not written on a little-endian machine, and is not read: {}", what,
          kRemedy);
}

std::vector<TorchTensor> read_stream(std::span<const std::byte> file, const std::string& what) {
  ByteCursor cursor(file, what);
  cursor.take(kMagic.size());
  const Pickle version = read_pickle(cursor, what);
  require(version[version.root].integer == kStreamVersion,
          "{} is a stream of PyTorch's version {}, only {} is read: {}", what,
          version[version.root].integer, kStreamVersion, kRemedy);
  require_little_endian(read_pickle(cursor, what), what);
  TorchTensors all = torch_tensors(read_pickle(cursor, what + ": its pickle"), what);
  const Pickle keys = read_pickle(cursor, what);
  std::map<std::string, FileRange> storages;
  for (const PickleIndex index : keys[keys.root].items) {
    const std::string& key = keys[index].text;
    const auto found = all.storages.find(key);
    require(found != all.storages.end(), "{}: storage {} belongs to no tensor", what, key);
    const auto elements = cursor.number<int64_t>();
    require(elements == found->second.elements, "{}: storage {} has {} numbers, {} are due", what,
            key, elements, found->second.elements);
    const auto offset = static_cast<int64_t>(cursor.at());
    const int64_t each = block_of(found->second.type).bytes;
    require(elements <= static_cast<int64_t>(cursor.left()) / each,
            "{} ends within storage {}: the file is truncated", what, key);
    cursor.take(static_cast<uint64_t>(elements * each));
    require(storages.emplace(key, FileRange{offset, elements * each}).second,
            "{}: storage {} is there twice", what, key);
  }
  move_into_file(all, storages, what);
  return std::move(all.tensors);
}

std::vector<TorchTensor> read_tensors(std::span<const std::byte> file, const std::string& what) {
  if (is_zip(file)) return read_archive(file, what);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  require(text.starts_with(kMagic),
          "{} is no file of torch.save, or of a form that is not read: {}", what, kRemedy);
  return read_stream(file, what);
}

}  // namespace

PytorchFile::PytorchFile(const std::filesystem::path& path)
    : file_(path), map_(path), tensors_(read_tensors(map_.bytes(), path.string())) {
  for (size_t i = 0; i < tensors_.size(); ++i) places_[tensors_[i].name] = i;
}

std::vector<std::string> PytorchFile::names() const {
  std::vector<std::string> names;
  names.reserve(tensors_.size());
  for (const TorchTensor& tensor : tensors_) names.push_back(tensor.name);
  return names;
}

const TorchTensor& PytorchFile::place(const std::string& name) const {
  const auto found = places_.find(name);
  require(found != places_.end(), "{} has no tensor '{}'", title(), name);
  return tensors_[found->second];
}

const ForeignTensor& PytorchFile::tensor(const std::string& name) const {
  return place(name).tensor;
}

void PytorchFile::read(const std::string& name, int64_t first, std::span<float> out) const {
  const TorchTensor& found = place(name);
  const int64_t count = numel(found.tensor.shape), wanted = static_cast<int64_t>(out.size());
  check(first >= 0 && wanted <= count && first <= count - wanted,
        "elements {} to {} of tensor '{}' with {}", first, first + wanted, name, count);
  if (found.contiguous) return file_.read_floats(found.offset, found.tensor.type, first, out);
  read_strided(found, first, out);
}

void PytorchFile::read_strided(const TorchTensor& tensor, int64_t first,
                               std::span<float> out) const {
  const Shape& shape = tensor.tensor.shape;
  const auto each = static_cast<size_t>(tensor.element_bytes());
  // The index of the next element, and where it lies.
  Shape index(shape.size());
  int64_t at = tensor.offset;
  for (size_t d = shape.size(); d-- > 0; first /= shape[d]) {
    index[d] = first % shape[d];
    at += index[d] * tensor.strides[d] * static_cast<int64_t>(each);
  }
  std::array<std::byte, 16 << 10> gathered;
  while (!out.empty()) {
    const size_t here = std::min(out.size(), gathered.size() / each);
    for (size_t i = 0; i < here; ++i) {
      std::memcpy(gathered.data() + i * each, map_.bytes().data() + at, each);
      for (size_t d = shape.size(); d-- > 0;) {
        const int64_t step = tensor.strides[d] * static_cast<int64_t>(each);
        at += step;
        if (++index[d] < shape[d]) break;
        at -= shape[d] * step;
        index[d] = 0;
      }
    }
    to_floats(tensor.tensor.type, std::span(gathered).first(here * each), 0, out.first(here));
    out = out.subspan(here);
  }
}

}  // namespace tessera
