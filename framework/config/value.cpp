#include "framework/config/value.h"

#include <charconv>
#include <cmath>
#include <span>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "framework/core/user_path.h"

namespace tessera {
namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr Unit kCounts[] = {{"", 1},
                            {"k", 1'000},
                            {"K", 1'000},
                            {"M", 1'000'000},
                            {"G", 1'000'000'000},
                            {"B", 1'000'000'000},
                            {"T", 1'000'000'000'000}};

constexpr Unit kSizes[] = {{"B", 1},
                           {"KiB", int64_t{1} << 10},
                           {"MiB", int64_t{1} << 20},
                           {"GiB", int64_t{1} << 30},
                           {"TiB", int64_t{1} << 40},
                           {"kB", 1'000},
                           {"KB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"TB", 1'000'000'000'000}};

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A number that was read, or why there is none: the text is no number, or one beyond all that can
// be written here.
template <typename T>
struct Number {
  enum class State { read, none, beyond };

  State state = State::none;
  T value = {};

  explicit operator bool() const { return state == State::read; }
  bool is_beyond() const { return state == State::beyond; }
  static Number read(T value) { return {State::read, value}; }
  static Number beyond() { return {State::beyond, {}}; }
};

// YAML's numbers may have a plus before them; the library's may not.
std::string_view without_plus(std::string_view text) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+';
  return plus ? text.substr(1) : text;
}

// The whole of `text` as a finite decimal number.
Number<double> finite_number(std::string_view text) {
  const std::string_view digits = without_plus(text);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return {};
  if (error == std::errc::result_out_of_range) return Number<double>::beyond();
  if (error != std::errc{} || !std::isfinite(value)) return {};
  return Number<double>::read(value);
}

// `20M`, `1.5 GiB`, `300`: a number and one of `units`, giving a whole number of at most kMaxCount.
Number<int64_t> scaled(std::string_view all, std::span<const Unit> units) {
  const std::string_view text = without_plus(all);
  const size_t digits = text.find_first_not_of("-0123456789.");
  const std::string_view number = text.substr(0, digits);
  const std::string_view name = digits == text.npos ? "" : trimmed(text.substr(digits));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    int64_t count = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
    if (error == std::errc{} && end == number.data() + number.size()) {
      if (std::abs(static_cast<double>(count)) * static_cast<double>(unit.factor) >
          double{kMaxCount})
        return Number<int64_t>::beyond();
      return Number<int64_t>::read(count * unit.factor);
    }
    const Number<double> real = finite_number(number);
    if (real.is_beyond()) return Number<int64_t>::beyond();
    if (!real) return {};
    const double product = real.value * static_cast<double>(unit.factor);
    if (std::abs(product) > double{kMaxCount}) return Number<int64_t>::beyond();
    if (unit.factor == 1 || product != std::floor(product)) return {};
    return Number<int64_t>::read(static_cast<int64_t>(product));
  }
  return {};
}

Complaint out_of_range(std::string_view text, const Limits& limits) {
  const std::string range = limits.text();
  return fmt::format("{} is out of range; write {}", shown(text),
                     range.empty() ? "a number nearer to 1" : range);
}

std::string range_phrase(const Limits& limits) {
  const std::string range = limits.text();
  return range.empty() ? "" : " (" + range + ")";
}

// Words of a length that is given in a unit of its own or in tokens.
struct LengthWords {
  std::string_view unit, example, what;
};

// Sets `count` and `in_tokens` only when nothing is wrong.
Complaint read_length(std::string_view text, const Limits& limits, const LengthWords& words,
                      int64_t& count, bool& in_tokens) {
  const std::string how = fmt::format("write it such as '{}' or '20M tokens'", words.example);
  const std::string_view all = trimmed(text);
  const size_t space = all.find_last_of(" \t");
  const std::string_view unit = space == all.npos ? "" : all.substr(space + 1);
  const std::string_view number = space == all.npos ? all : trimmed(all.substr(0, space));
  const Number<int64_t> read = scaled(number, kCounts);
  if (read && unit.empty())
    return fmt::format("{} has no unit; write '{} {}s' or '{} tokens'", shown(text), number,
                       words.unit, number);
  const std::string_view one = unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
  if ((!read && !read.is_beyond()) || (one != words.unit && one != "token"))
    return fmt::format("{} is not {}; {}", shown(text), words.what, how);
  if (!read || read.value < 0 || !limits.allows(static_cast<double>(read.value)))
    return fmt::format("{} is out of range; {}{}", shown(text), how, range_phrase(limits));
  count = read.value;
  in_tokens = one == "token";
  return {};
}

}  // namespace

Complaint read_value(std::string_view text, const Limits& limits, int64_t& out) {
  const Number<int64_t> value = scaled(text, kCounts);
  if (value.is_beyond()) return out_of_range(text, limits);
  if (!value)
    return fmt::format("{} is not an integer; write a whole number such as 12 or 20M{}",
                       shown(text), range_phrase(limits));
  if (!limits.allows(static_cast<double>(value.value))) return out_of_range(text, limits);
  out = value.value;
  return {};
}

Complaint read_value(std::string_view text, const Limits& limits, double& out) {
  Number<double> value;
  if (limits.is_fraction && text.ends_with('%')) {
    value = finite_number(trimmed(text.substr(0, text.size() - 1)));
    value.value /= 100;
  } else {
    value = finite_number(text);
  }
  if (value.is_beyond()) return out_of_range(text, limits);
  if (!value)
    return fmt::format("{} is not a {}; write {}{}", shown(text),
                       limits.is_fraction ? "fraction" : "number",
                       limits.is_fraction ? "a part such as 5% or 0.05" : "it such as 0.1 or 3e-4",
                       range_phrase(limits));
  if (!limits.allows(value.value)) return out_of_range(text, limits);
  out = value.value;
  return {};
}

std::string value_text(double value) {
  std::string text = fmt::format("{}", value);
  // `1.0e-05`, not `1e-05`: YAML 1.1 readers, such as PyYAML, take the latter for text.
  if (const size_t e = text.find('e'); e != text.npos && text.find('.') == text.npos)
    text.insert(e, ".0");
  return text;
}

Complaint read_value(std::string_view text, const Limits&, bool& out) {
  if (text != "true" && text != "false")
    return fmt::format("{} is neither true nor false; write one of them", shown(text));
  out = text == "true";
  return {};
}

Complaint read_value(std::string_view text, const Limits&, std::string& out) {
  size_t where = 0;
  if (!is_plain_text(text, false, where))
    return fmt::format("{} holds a control character or bytes that are not UTF-8; write plain text",
                       shown(text));
  try {
    out = user_path(text);  // all texts of a config are paths
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

Complaint read_value(std::string_view text, const Limits& limits, Duration& out) {
  bool in_tokens = false;
  const Complaint complaint =
      read_length(text, limits, {"step", "500 steps", "a duration"}, out.count, in_tokens);
  if (complaint.empty()) out.unit = in_tokens ? Duration::Unit::tokens : Duration::Unit::steps;
  return complaint;
}

Complaint read_value(std::string_view text, const Limits& limits, SampleSpan& out) {
  bool in_tokens = false;
  const Complaint complaint = read_length(
      text, limits, {"sample", "5000 samples", "a place in the data"}, out.count, in_tokens);
  if (complaint.empty())
    out.unit = in_tokens ? SampleSpan::Unit::tokens : SampleSpan::Unit::samples;
  return complaint;
}

Complaint read_value(std::string_view text, const Limits&, ByteSize& out) {
  const std::string_view all = trimmed(text);
  if (scaled(all, kCounts) && all.back() != 'B')
    return fmt::format("{} has no unit of bytes; write it such as '8 GiB' or '500 MiB'",
                       shown(text));
  const Number<int64_t> bytes = scaled(all, kSizes);
  if (bytes.is_beyond())
    return fmt::format("{} is out of range; the largest size is {} bytes", shown(text), kMaxCount);
  if (!bytes || bytes.value < 0)
    return fmt::format("{} is not a size; write it such as '8 GiB' or '500 MiB'", shown(text));
  out.bytes = bytes.value;
  return {};
}

Complaint read_choice(std::string_view text, const std::vector<std::string>& names, size_t& out) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != text) continue;
    out = i;
    return {};
  }
  const std::optional<std::string> near = nearest(text, names);
  return fmt::format("{} is not one of {}; {}", shown(text), fmt::join(names, ", "),
                     near ? "did you mean " + *near + "?" : "write one of these");
}

}  // namespace tessera
