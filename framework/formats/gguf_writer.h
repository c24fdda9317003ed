// Writes a GGUF file (version 3, little-endian, tensors at multiples of 32 bytes): keys, then
// tensors as f32, f16, bf16 or q8_0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/durable_file.h"
#include "framework/formats/foreign_writer.h"

namespace tessera {

/// The type in which GGUF holds a tensor of a model that is written as `wanted`: vectors are f32,
/// as llama.cpp demands, and under q8_0 rows that 32 does not divide are f16.
StoredType gguf_type(StoredType wanted, const Shape& shape);

class GgufWriter final : public ForeignWriter {
 public:
  /// Keys, before create(). Readers ask for the type that they expect, so each has its own function.
  /// A key given twice is a UserError.
  void add_text(const std::string& key, std::string_view text);
  void add_flag(const std::string& key, bool flag);
  void add_u32(const std::string& key, uint32_t number);
  void add_u64(const std::string& key, uint64_t number);
  void add_i32(const std::string& key, int32_t number);
  void add_f32(const std::string& key, float number);
  void add_texts(const std::string& key, std::span<const std::string> texts);
  void add_i32s(const std::string& key, std::span<const int32_t> numbers);
  void add_f32s(const std::string& key, std::span<const float> numbers);

  void declare(const std::string& name, StoredType type, const Shape& shape) override;
  /// `path` is the file.
  void create(const std::filesystem::path& path) override;
  void write(const std::string& name, std::span<const float> numbers) override;
  void finish() override;

 private:
  struct Tensor {
    StoredType type;
    Shape shape;
    int64_t bytes;
    int64_t at = 0, end = 0;  // in the file: the next byte, one past the last
  };
  void begin_key(const std::string& key, uint32_t type);
  void begin_list(const std::string& key, uint32_t type, size_t count);

  std::set<std::string> key_names_;
  std::string keys_;                // their bytes
  std::vector<std::string> names_;  // of tensors, as declared
  std::map<std::string, Tensor> tensors_;
  std::optional<DurableFile> file_;
};

}  // namespace tessera
