// JSON from files that may be damaged or hostile, for every room that reads such files. The parser
// is stricter than the library's: a key given twice, zero bytes and nesting beyond kJsonLevels are
// errors (copying, comparing, printing and destroying a deep document recurse), and every error is
// a UserError that begins with `what`, the name of the file.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "framework/core/tensor_type.h"

namespace tessera {

/// Levels of objects and lists, one within the other, that a document may have.
inline constexpr int kJsonLevels = 32;

/// Parses one JSON object.
nlohmann::json parse_json_object(std::string_view text, const std::string& what);
/// Parses one JSON object whose keys keep the order of the text.
nlohmann::ordered_json parse_ordered_json_object(std::string_view text, const std::string& what);

/// The member `key`; throws UserError when it is missing.
const nlohmann::json& json_member(const nlohmann::json& object, const char* key,
                                  const std::string& what);
const std::string& json_text(const nlohmann::json& value, const std::string& what);
const nlohmann::json& json_list(const nlohmann::json& value, const std::string& what);

/// An integer in [0, 2^63).
int64_t json_count(const nlohmann::json& value, const std::string& what);
int64_t json_count(const nlohmann::ordered_json& value, const std::string& what);

/// A list of dims, each in [0, 2^63).
Shape json_shape(const nlohmann::json& value, const std::string& what);

/// Bytes of a tensor of `shape`; throws UserError when the number does not fit into 63 bits.
int64_t checked_bytes(const Shape& shape, size_t element_bytes, const std::string& what);

}  // namespace tessera
