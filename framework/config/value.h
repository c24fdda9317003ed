// Reading and printing of one config value from plain text. `read_value` returns one phrase that
// says what is wrong and what to write instead; when it returns an empty one, it has set `out`.
// `value_text` is its inverse: reading its text gives an equal value. Text comes from a YAML scalar
// or from `--set` and means the same in both.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/choices.h"
#include "framework/config/limits.h"

namespace tessera {

/// What was wrong with a text; empty when nothing was.
using Complaint = std::string;

Complaint read_value(std::string_view text, const Limits& limits, int64_t& out);
Complaint read_value(std::string_view text, const Limits& limits, double& out);
Complaint read_value(std::string_view text, const Limits& limits, bool& out);
Complaint read_value(std::string_view text, const Limits& limits, std::string& out);
Complaint read_value(std::string_view text, const Limits& limits, Duration& out);
Complaint read_value(std::string_view text, const Limits& limits, ByteSize& out);
Complaint read_value(std::string_view text, const Limits& limits, SampleSpan& out);
/// Reads a list of maps in YAML's flow form: `[{shards: a, weight: 3}, {shards: b, weight: 1}]`.
Complaint read_value(std::string_view text, const Limits& limits,
                     std::vector<DataSourceConfig>& out);
/// Reads `[a, b]`, or one text.
Complaint read_value(std::string_view text, const Limits& limits, std::vector<std::string>& out);
/// Sets `out` to the index of `text` among `names`.
Complaint read_choice(std::string_view text, const std::vector<std::string>& names, size_t& out);

inline std::string value_text(int64_t value) { return fmt::format("{}", value); }
std::string value_text(double value);
inline std::string value_text(bool value) { return value ? "true" : "false"; }
inline std::string value_text(const std::string& value) { return value; }
inline std::string value_text(const Duration& value) { return to_string(value); }
inline std::string value_text(const ByteSize& value) { return to_string(value); }
inline std::string value_text(const SampleSpan& value) { return to_string(value); }
std::string value_text(const std::vector<DataSourceConfig>& value);
std::string value_text(const std::vector<std::string>& value);

template <typename E>
requires std::is_enum_v<E> std::vector<std::string> choice_names() {
  std::vector<std::string> names;
  for (const Choice<E>& choice : kChoices<E>) names.emplace_back(choice.name);
  return names;
}

template <typename E>
requires std::is_enum_v<E> Complaint read_value(std::string_view text, const Limits&, E& out) {
  size_t index = 0;
  Complaint complaint = read_choice(text, choice_names<E>(), index);
  if (complaint.empty()) out = kChoices<E>[index].value;
  return complaint;
}

template <typename E>
requires std::is_enum_v<E> std::string value_text(E value) {
  return std::string(choice_name(value));
}

template <typename T>
Complaint read_value(std::string_view text, const Limits& limits, std::optional<T>& out) {
  if (text == "auto") {
    out.reset();
    return {};
  }
  if constexpr (std::is_enum_v<T>) {
    std::vector<std::string> names = choice_names<T>();
    names.insert(names.begin(), "auto");
    size_t index = 0;
    Complaint complaint = read_choice(text, names, index);
    if (complaint.empty()) out = kChoices<T>[index - 1].value;
    return complaint;
  }
  T value{};
  Complaint complaint = read_value(text, limits, value);
  if (complaint.empty())
    out = value;
  else
    complaint += ", or auto";
  return complaint;
}

template <typename T>
std::string value_text(const std::optional<T>& value) {
  return value ? value_text(*value) : "auto";
}

/// `text` as shown in a message: in single quotes, shortened, control characters replaced.
std::string shown(std::string_view text);

/// True for well-formed UTF-8 without control characters (tab, carriage return and newline excepted
/// when `lines`). Otherwise `where` is the offset of the first byte that is at fault.
bool is_plain_text(std::string_view text, bool lines, size_t& where);

}  // namespace tessera
