// WireReader reads one message in the wire format of protocol buffers
// (https://protobuf.dev/programming-guides/encoding): a list of fields, each a number, a wire type
// and a value. Every length is checked against the bytes that are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

class WireReader {
 public:
  /// `what` begins the messages of errors and outlives the reader.
  WireReader(std::string_view bytes, const std::string& what) : bytes_(bytes), what_(what) {}

  /// Goes to the next field; false at the end. A field that is not asked for its value is passed
  /// over.
  bool next();
  uint32_t field() const { return field_; }

  /// The value of the field. Each throws UserError when the field has another wire type.
  std::string_view bytes();
  float number();
  uint64_t integer();
  bool flag() { return integer() != 0; }

 private:
  enum class Type : uint32_t { varint = 0, eight_bytes = 1, bytes = 2, four_bytes = 5 };

  uint64_t read_varint();
  std::string_view take(uint64_t count);
  void expect(Type type) const;

  std::string_view bytes_;
  const std::string& what_;
  size_t at_ = 0;
  uint32_t field_ = 0;
  Type type_ = Type::varint;
  uint64_t integer_ = 0;
  std::string_view value_;
};

}  // namespace tessera
