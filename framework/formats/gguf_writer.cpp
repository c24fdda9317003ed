#include "framework/formats/gguf_writer.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/formats/ggml_types.h"
#include "framework/formats/gguf_metadata.h"

namespace tessera {
namespace {

constexpr int64_t kPlacesOf = 32;           // bytes: where tensors may begin
constexpr size_t kMostNameBytes = 63;       // ggml's buffer has 64
constexpr size_t kMostDims = 4;             // ggml's limit
constexpr size_t kPiece = size_t{1} << 16;  // numbers that are converted at once

template <typename Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_text(std::string& bytes, std::string_view text) {
  append(bytes, uint64_t{text.size()});
  bytes.append(text);
}

int64_t padded(int64_t bytes) { return (bytes + kPlacesOf - 1) / kPlacesOf * kPlacesOf; }

}  // namespace

StoredType gguf_type(StoredType wanted, const Shape& shape) {
  if (shape.size() <= 1) return StoredType::f32;
  return has_whole_blocks(wanted, shape) ? wanted : StoredType::f16;
}

void GgufWriter::begin_key(const std::string& key, uint32_t type) {
  check(!file_, "key '{}' is added after the file was created", key);
  require(key_names_.insert(key).second, "key '{}' of a GGUF file is given twice", key);
  append_text(keys_, key);
  append(keys_, type);
}

void GgufWriter::begin_list(const std::string& key, uint32_t type, size_t count) {
  begin_key(key, static_cast<uint32_t>(GgufType::list));
  append(keys_, type);
  append(keys_, uint64_t{count});
}

void GgufWriter::add_text(const std::string& key, std::string_view text) {
  begin_key(key, static_cast<uint32_t>(GgufType::text));
  append_text(keys_, text);
}
void GgufWriter::add_flag(const std::string& key, bool flag) {
  begin_key(key, static_cast<uint32_t>(GgufType::flag));
  append(keys_, static_cast<uint8_t>(flag));
}
void GgufWriter::add_u32(const std::string& key, uint32_t number) {
  begin_key(key, static_cast<uint32_t>(GgufType::u32));
  append(keys_, number);
}
void GgufWriter::add_u64(const std::string& key, uint64_t number) {
  begin_key(key, static_cast<uint32_t>(GgufType::u64));
  append(keys_, number);
}
void GgufWriter::add_i32(const std::string& key, int32_t number) {
  begin_key(key, static_cast<uint32_t>(GgufType::i32));
  append(keys_, number);
}
void GgufWriter::add_f32(const std::string& key, float number) {
  begin_key(key, static_cast<uint32_t>(GgufType::f32));
  append(keys_, number);
}
void GgufWriter::add_texts(const std::string& key, std::span<const std::string> texts) {
  begin_list(key, static_cast<uint32_t>(GgufType::text), texts.size());
  for (const std::string& text : texts) append_text(keys_, text);
}
void GgufWriter::add_i32s(const std::string& key, std::span<const int32_t> numbers) {
  begin_list(key, static_cast<uint32_t>(GgufType::i32), numbers.size());
  for (const int32_t number : numbers) append(keys_, number);
}
void GgufWriter::add_f32s(const std::string& key, std::span<const float> numbers) {
  begin_list(key, static_cast<uint32_t>(GgufType::f32), numbers.size());
  for (const float number : numbers) append(keys_, number);
}

void GgufWriter::declare(const std::string& name, StoredType type, const Shape& shape) {
  check(!file_, "tensor '{}' is declared after the file was created", name);
  const std::string what = "tensor '" + name + "'";
  require(name.size() <= kMostNameBytes, "{}: GGUF allows names of {} bytes", what, kMostNameBytes);
  require(shape.size() <= kMostDims, "{} has {} dims; GGUF allows {}", what, shape.size(),
          kMostDims);
  const int64_t bytes = stored_bytes(type, shape, what);
  require(tensors_.emplace(name, Tensor{type, shape, bytes}).second, "{} is declared twice", what);
  names_.push_back(name);
}

void GgufWriter::create(const std::filesystem::path& path) {
  std::string head = "GGUF";
  append(head, uint32_t{3});
  append(head, uint64_t{names_.size()});
  append(head, uint64_t{key_names_.size()});
  head += keys_;
  int64_t at = 0;
  for (const std::string& name : names_) {
    Tensor& tensor = tensors_.at(name);
    append_text(head, name);
    append(head, static_cast<uint32_t>(tensor.shape.size()));
    for (size_t d = tensor.shape.size(); d-- > 0;)
      append(head, static_cast<uint64_t>(tensor.shape[d]));
    append(head, ggml_number(tensor.type));
    append(head, static_cast<uint64_t>(at));
    tensor.at = at;
    require(tensor.bytes < INT64_MAX / 2 - at, "tensor '{}': the file would exceed 2^62 bytes",
            name);
    at += padded(tensor.bytes);
  }
  head.resize(static_cast<size_t>(padded(static_cast<int64_t>(head.size()))), '\0');
  file_.emplace(path);
  file_->write_at(0, std::as_bytes(std::span(head)));
  for (const std::string& name : names_) {
    Tensor& tensor = tensors_.at(name);
    tensor.at += static_cast<int64_t>(head.size());
    tensor.end = tensor.at + tensor.bytes;
    const std::string padding(static_cast<size_t>(padded(tensor.bytes) - tensor.bytes), '\0');
    if (!padding.empty()) file_->write_at(tensor.end, std::as_bytes(std::span(padding)));
  }
}

void GgufWriter::write(const std::string& name, std::span<const float> numbers) {
  const auto found = tensors_.find(name);
  check(file_ && found != tensors_.end(), "tensor '{}' was not declared", name);
  Tensor& tensor = found->second;
  const auto block = block_of(tensor.type);
  const auto bytes_of = [&](size_t count) {
    return count / static_cast<size_t>(block.elements) * static_cast<size_t>(block.bytes);
  };
  check(static_cast<int64_t>(bytes_of(numbers.size())) <= tensor.end - tensor.at,
        "tensor '{}' is given more numbers than it has", name);
  std::vector<std::byte> bytes(bytes_of(std::min(numbers.size(), kPiece)));
  while (!numbers.empty()) {
    const auto piece = numbers.first(std::min(numbers.size(), kPiece));
    const auto stored = std::span(bytes).first(bytes_of(piece.size()));
    from_floats(piece, tensor.type, stored, "tensor '" + name + "'");
    file_->write_at(tensor.at, stored);
    tensor.at += static_cast<int64_t>(stored.size());
    numbers = numbers.subspan(piece.size());
  }
}

void GgufWriter::finish() {
  check(file_.has_value(), "a GGUF file is finished before it was created");
  for (const auto& [name, tensor] : tensors_)
    check(tensor.at == tensor.end, "tensor '{}' lacks its last {} bytes", name,
          tensor.end - tensor.at);
  file_->sync();
}

}  // namespace tessera
