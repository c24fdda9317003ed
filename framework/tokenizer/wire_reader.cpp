#include "framework/tokenizer/wire_reader.h"

#include <bit>
#include <limits>

#include "framework/core/error.h"

namespace tessera {
namespace {

uint32_t little_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

uint64_t WireReader::read_varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    require(at_ < bytes_.size(), "{}: the file ends inside a number, at byte {} of a message of {}",
            what_, at_, bytes_.size());
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return value;
  }
  user_error("{}: a number of more than ten bytes at byte {}; the file is damaged", what_, at_);
}

std::string_view WireReader::take(uint64_t count) {
  require(count <= bytes_.size() - at_,
          "{}: field {} has {} bytes, but only {} are left; the file is cut off or damaged", what_,
          field_, count, bytes_.size() - at_);
  const std::string_view taken = bytes_.substr(at_, static_cast<size_t>(count));
  at_ += taken.size();
  return taken;
}

bool WireReader::next() {
  if (at_ == bytes_.size()) return false;
  const uint64_t key = read_varint();
  require(key >> 3 != 0 && key >> 3 <= 536870911,
          "{}: the field number {} at byte {} is none; the file is damaged, or no SentencePiece "
          "model",
          what_, key >> 3, at_);
  field_ = static_cast<uint32_t>(key >> 3);
  type_ = static_cast<Type>(key & 7);
  switch (type_) {
    case Type::varint:
      integer_ = read_varint();
      break;
    case Type::eight_bytes:
      value_ = take(8);
      break;
    case Type::bytes:
      value_ = take(read_varint());
      break;
    case Type::four_bytes:
      value_ = take(4);
      break;
    default:
      user_error(
          "{}: field {} has the wire type {}, which is not read; the file is damaged, or no "
          "SentencePiece model",
          what_, field_, key & 7);
  }
  return true;
}

void WireReader::expect(Type type) const {
  require(type_ == type,
          "{}: field {} has the wire type {} where {} is due; the file is damaged, or no "
          "SentencePiece model",
          what_, field_, static_cast<uint32_t>(type_), static_cast<uint32_t>(type));
}

std::string_view WireReader::bytes() {
  expect(Type::bytes);
  return value_;
}

float WireReader::number() {
  static_assert(std::numeric_limits<float>::is_iec559);
  expect(Type::four_bytes);
  return std::bit_cast<float>(little_endian(value_));
}

uint64_t WireReader::integer() {
  expect(Type::varint);
  return integer_;
}

}  // namespace tessera
