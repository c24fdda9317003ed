// Text as Python's str has it: characters are code points, and what is a space, upper case or
// printable is what Python says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::chat {

/// Bytes of the character that begins at `at`.
size_t character_bytes(std::string_view text, size_t at);
/// The code point that begins at `at`.
char32_t character_at(std::string_view text, size_t at);
void append_character(std::string& text, char32_t character);
bool is_valid_utf8(std::string_view text);
size_t text_length(std::string_view text);
/// text[start:stop:step], each bound as Python's slice has it.
std::string slice_text(std::string_view text, std::optional<int64_t> start,
                       std::optional<int64_t> stop, int64_t step);
/// The indexes that a slice of `length` elements takes.
std::vector<size_t> slice_indexes(size_t length, std::optional<int64_t> start,
                                  std::optional<int64_t> stop, int64_t step);

bool is_space(char32_t character);
enum class Side { left, right, both };
/// `text` without the characters of `characters` (null: spaces) at its ends.
std::string_view strip(std::string_view text, Side side, const std::string* characters = nullptr);
/// str.split and str.rsplit: at `separator` (null: at runs of spaces), at most `most` times if >= 0.
std::vector<std::string> split(std::string_view text, const std::string* separator, int64_t most,
                               bool from_right);
std::vector<std::string> split_lines(std::string_view text);

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
/// str.title().
std::string title_case(std::string_view text);
/// str.capitalize().
std::string capitalized(std::string_view text);
bool is_upper_case(std::string_view text);
bool is_lower_case(std::string_view text);
/// A text as Python's repr() quotes it.
std::string python_quoted(std::string_view text);

}  // namespace tessera::chat
