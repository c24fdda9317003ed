// Options of the parts of a tokenizer.json, by name, with their types checked. Every function throws
// UserError, which begins with `what`.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "framework/tokenizer/regex.h"

namespace tessera {

/// The "type" of a part; empty where it has none. The part must be an object.
std::string part_type(const nlohmann::json& part, const std::string& what);
/// The option, or nullptr where it is missing or null.
const nlohmann::json* find_option(const nlohmann::json& part, const char* name);
/// An option that must be there.
bool flag_option(const nlohmann::json& part, const char* name, const std::string& what);
const std::string& text_option(const nlohmann::json& part, const char* name,
                               const std::string& what);
int64_t count_option(const nlohmann::json& part, const char* name, const std::string& what);
char32_t character_option(const nlohmann::json& part, const char* name, const std::string& what);
const nlohmann::json& list_option(const nlohmann::json& part, const char* name,
                                  const std::string& what);
/// {"String": text} or {"Regex": expression}.
Pattern pattern_option(const nlohmann::json& part, const std::string& what);
/// An option that may be missing or null.
bool flag_option(const nlohmann::json& part, const char* name, bool otherwise,
                 const std::string& what);
std::string text_option(const nlohmann::json& part, const char* name, std::string_view otherwise,
                        const std::string& what);

}  // namespace tessera
