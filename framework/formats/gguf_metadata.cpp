#include "framework/formats/gguf_metadata.h"

#include <utility>

namespace tessera {
namespace {

constexpr uint64_t kMostKeyBytes = 65535;  // the format's own limit

/// Bytes of a value of fixed size; 0 for texts and lists.
size_t bytes_of(GgufType type) {
  switch (type) {
    case GgufType::u8:
    case GgufType::i8:
    case GgufType::flag:
      return 1;
    case GgufType::u16:
    case GgufType::i16:
      return 2;
    case GgufType::u32:
    case GgufType::i32:
    case GgufType::f32:
      return 4;
    case GgufType::u64:
    case GgufType::i64:
    case GgufType::f64:
      return 8;
    case GgufType::text:
    case GgufType::list:
      return 0;
  }
  return 0;
}

const char* name_of(GgufType type) {
  static constexpr const char* kNames[] = {"u8",   "i8",   "u16",  "i16", "u32", "i32", "f32",
                                           "flag", "text", "list", "u64", "i64", "f64"};
  return kNames[static_cast<size_t>(type)];
}

GgufType take_type(ByteCursor& cursor, const std::string& what) {
  const auto type = cursor.number<uint32_t>();
  require(type <= static_cast<uint32_t>(GgufType::f64), "{} has type {}, which GGUF does not know",
          what, type);
  return static_cast<GgufType>(type);
}

std::string_view take_text(ByteCursor& cursor) { return cursor.text(cursor.number<uint64_t>()); }

/// Calls `use` with a number of any type but f32 and f64; false for those, texts and lists.
template <typename Use>
bool use_integer(GgufType type, ByteCursor& cursor, const Use& use) {
  switch (type) {
    case GgufType::u8:
      return use(cursor.number<uint8_t>()), true;
    case GgufType::i8:
      return use(cursor.number<int8_t>()), true;
    case GgufType::u16:
      return use(cursor.number<uint16_t>()), true;
    case GgufType::i16:
      return use(cursor.number<int16_t>()), true;
    case GgufType::u32:
      return use(cursor.number<uint32_t>()), true;
    case GgufType::i32:
      return use(cursor.number<int32_t>()), true;
    case GgufType::u64:
      return use(cursor.number<uint64_t>()), true;
    case GgufType::i64:
      return use(cursor.number<int64_t>()), true;
    default:
      return false;
  }
}

bool take_integer(GgufType type, ByteCursor& cursor, const std::string& what, int64_t& to) {
  return use_integer(type, cursor, [&](auto number) {
    require(std::in_range<int64_t>(number), "{}: {} is beyond 2^63", what, number);
    to = static_cast<int64_t>(number);
  });
}

bool take_real(GgufType type, ByteCursor& cursor, double& to) {
  if (type == GgufType::f32) return to = static_cast<double>(cursor.number<float>()), true;
  if (type == GgufType::f64) return to = cursor.number<double>(), true;
  return use_integer(type, cursor, [&](auto number) { to = static_cast<double>(number); });
}

bool take_flag(ByteCursor& cursor, const std::string& what) {
  const auto byte = cursor.number<uint8_t>();
  require(byte <= 1, "{}: a flag is 0 or 1, not {}", what, byte);
  return byte == 1;
}

}  // namespace

GgufMetadata::GgufMetadata(ByteCursor& cursor, uint64_t count, std::string what)
    : what_(std::move(what)) {
  for (uint64_t k = 0; k < count; ++k) {
    const auto bytes = cursor.number<uint64_t>();
    require(bytes <= kMostKeyBytes, "{}: a key of {} bytes; GGUF allows {}", what_, bytes,
            kMostKeyBytes);
    const std::string key(cursor.text(bytes));
    const std::string named = fmt::format("{}: key '{}'", what_, key);
    Value value;
    value.type = take_type(cursor, named);
    if (value.type == GgufType::list) {
      value.is_list = true;
      value.type = take_type(cursor, named);
      value.count = cursor.number<uint64_t>();
      require(value.type != GgufType::list, "{} is a list of lists, which Tessera does not read",
              named);
    }
    if (const size_t each = bytes_of(value.type)) {
      require(value.count <= cursor.left() / each,
              "{} has {} values of {} bytes, the file {} bytes", named, value.count, each,
              cursor.left());
      value.bytes = cursor.take(value.count * each);
    } else {
      ByteCursor begin = cursor;
      for (uint64_t i = 0; i < value.count; ++i) take_text(cursor);
      value.bytes = begin.take(cursor.at() - begin.at());
    }
    require(values_.emplace(key, value).second, "{} is given twice", named);
    keys_.push_back(key);
  }
}

std::string GgufMetadata::type(const std::string& key) const {
  const auto found = values_.find(key);
  require(found != values_.end(), "{} has no key '{}'", what_, key);
  const Value& value = found->second;
  return (value.is_list ? "list of " : "") + std::string(name_of(value.type));
}

void GgufMetadata::wrong_type(const std::string& key, const char* expected) const {
  user_error("{}: key '{}' is a {}, not {}", what_, key, type(key), expected);
}

const GgufMetadata::Value& GgufMetadata::value(const std::string& key, bool is_list,
                                               const char* expected) const {
  const auto found = values_.find(key);
  require(found != values_.end(), "{} has no key '{}'", what_, key);
  if (found->second.is_list != is_list) wrong_type(key, expected);
  return found->second;
}

std::string GgufMetadata::text(const std::string& key) const {
  const Value& found = value(key, false, "a text");
  if (found.type != GgufType::text) wrong_type(key, "a text");
  ByteCursor cursor(found.bytes, what_);
  return std::string(take_text(cursor));
}

int64_t GgufMetadata::integer(const std::string& key) const {
  const Value& found = value(key, false, "an integer");
  ByteCursor cursor(found.bytes, what_);
  int64_t number = 0;
  if (!take_integer(found.type, cursor, what_ + ": key '" + key + "'", number))
    wrong_type(key, "an integer");
  return number;
}

double GgufMetadata::real(const std::string& key) const {
  const Value& found = value(key, false, "a number");
  ByteCursor cursor(found.bytes, what_);
  double number = 0;
  if (!take_real(found.type, cursor, number)) wrong_type(key, "a number");
  return number;
}

bool GgufMetadata::flag(const std::string& key) const {
  const Value& found = value(key, false, "a flag");
  if (found.type != GgufType::flag) wrong_type(key, "a flag");
  ByteCursor cursor(found.bytes, what_);
  return take_flag(cursor, what_ + ": key '" + key + "'");
}

std::vector<std::string> GgufMetadata::texts(const std::string& key) const {
  const Value& found = value(key, true, "a list of texts");
  std::vector<std::string> all;
  if (found.count == 0) return all;  // an empty list may have any type
  if (found.type != GgufType::text) wrong_type(key, "a list of texts");
  all.reserve(found.count);  // each was found in the file
  ByteCursor cursor(found.bytes, what_);
  for (uint64_t i = 0; i < found.count; ++i) all.emplace_back(take_text(cursor));
  return all;
}

std::vector<int64_t> GgufMetadata::integers(const std::string& key) const {
  const Value& found = value(key, true, "a list of integers");
  const std::string named = what_ + ": key '" + key + "'";
  std::vector<int64_t> all;
  if (found.count == 0) return all;
  ByteCursor cursor(found.bytes, what_);
  for (uint64_t i = 0; i < found.count; ++i) {
    int64_t number = 0;
    if (found.type == GgufType::flag)
      number = take_flag(cursor, named) ? 1 : 0;
    else if (!take_integer(found.type, cursor, named, number))
      wrong_type(key, "a list of integers");
    all.push_back(number);
  }
  return all;
}

std::vector<double> GgufMetadata::reals(const std::string& key) const {
  const Value& found = value(key, true, "a list of numbers");
  std::vector<double> all;
  if (found.count == 0) return all;
  ByteCursor cursor(found.bytes, what_);
  for (uint64_t i = 0; i < found.count; ++i) {
    double number = 0;
    if (!take_real(found.type, cursor, number)) wrong_type(key, "a list of numbers");
    all.push_back(number);
  }
  return all;
}

}  // namespace tessera
