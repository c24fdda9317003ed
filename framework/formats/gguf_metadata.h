// The keys and values at the head of a GGUF file
// (https://github.com/ggml-org/ggml, docs/gguf.md): numbers, flags, texts and lists of them.
// Lists stay in the bytes of the file until they are asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "framework/formats/byte_cursor.h"

namespace tessera {

/// Types of values, by their number in the file.
enum class GgufType : uint32_t {
  u8 = 0,
  i8 = 1,
  u16 = 2,
  i16 = 3,
  u32 = 4,
  i32 = 5,
  f32 = 6,
  flag = 7,
  text = 8,
  list = 9,
  u64 = 10,
  i64 = 11,
  f64 = 12,
};

class GgufMetadata {
 public:
  GgufMetadata() = default;
  /// Reads `count` keys at `cursor`, whose bytes must outlive this object. Throws UserError that
  /// begins with `what` for a key given twice, a type that is none, a list of lists.
  GgufMetadata(ByteCursor& cursor, uint64_t count, std::string what);

  bool has(const std::string& key) const { return values_.contains(key); }
  /// All keys in the order of the file.
  const std::vector<std::string>& keys() const { return keys_; }
  /// "u32", "text", "list of text": for messages and overviews.
  std::string type(const std::string& key) const;

  /// The value of a key; each throws UserError when the key is missing or its type is another.
  /// Integers and reals are taken from any type that holds them, reals from integers too.
  std::string text(const std::string& key) const;
  int64_t integer(const std::string& key) const;
  double real(const std::string& key) const;
  bool flag(const std::string& key) const;
  std::vector<std::string> texts(const std::string& key) const;
  std::vector<int64_t> integers(const std::string& key) const;  // also of flags
  std::vector<double> reals(const std::string& key) const;

 private:
  struct Value {
    GgufType type = GgufType::u8;  // of the elements, if it is a list
    bool is_list = false;
    uint64_t count = 1;
    std::span<const std::byte> bytes;
  };
  const Value& value(const std::string& key, bool is_list, const char* expected) const;
  [[noreturn]] void wrong_type(const std::string& key, const char* expected) const;

  std::string what_;
  std::vector<std::string> keys_;
  std::map<std::string, Value> values_;
};

}  // namespace tessera
