#include "framework/chat/filters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "framework/chat/escape.h"
#include "framework/chat/operations.h"
#include "framework/chat/python_format.h"
#include "framework/chat/python_text.h"
#include "framework/chat/replace.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// Python's soft_str(): a text stays as it is, all else is printed.
Text as_text(const Value& value, Allowance& allowance) {
  if (const auto* text = value.as<Text>()) return *text;
  return {std::make_shared<const std::string>(printed(value, allowance)), false};
}

void no_arguments(const Arguments& arguments, std::string_view name) { bound(arguments, {}, name); }

template <std::string (*change)(std::string_view)>
Value changed(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter");
  const Text text = as_text(value, allowance);
  return make_text(change(*text.bytes), allowance, text.safe);
}

/// The filter's own title(): words begin after spaces, hyphens and opening brackets.
std::string title_words(std::string_view text) {
  std::string result;
  size_t begin = 0;
  const auto word = [&](size_t end) {
    if (begin == end) return;
    const size_t first = character_bytes(text, begin);
    result += upper_case(text.substr(begin, first));
    result += lower_case(text.substr(begin + first, end - begin - first));
  };
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) {
    const char32_t c = character_at(text, at);
    if (!is_space(c) && (c >= 0x80 || std::string_view("-({[<").find(static_cast<char>(c)) > 4))
      continue;
    word(at);
    begin = at + character_bytes(text, at);
    result += text.substr(at, begin - at);
  }
  word(text.size());
  return result;
}

Value trim(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"chars"}, "the filter trim");
  const Text text = as_text(value, allowance);
  const std::string* characters =
      !given[0] || given[0]->is<None>() ? nullptr : &text_of(*given[0], "chars");
  if (characters) {
    require(characters->size() <= 4096, "trim() is given too many characters");
    allowance.reading(text.bytes->size() * characters->size());
  }
  return make_text(std::string(strip(*text.bytes, Side::both, characters)), allowance, text.safe);
}

Value default_of(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"default_value", "boolean"}, "the filter default");
  const bool boolean = given[1] && truth(*given[1]);
  if (!value.is<Undefined>() && (!boolean || truth(value))) return value;
  return given[0] ? *given[0] : make_text("", allowance);
}

Value replace(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"old", "new", "count"}, "the filter replace");
  require(given[0] && given[1], "the filter replace needs two texts");
  const bool all = !given[2] || given[2]->is<None>();
  return replaced(printed(value, allowance), printed(*given[0], allowance),
                  printed(*given[1], allowance), all ? -1 : integer_of(*given[2], "count"),
                  allowance);
}

Value indent(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given = bound(arguments, {"width", "first", "blank"}, "the filter indent");
  std::string margin(4, ' ');
  if (given[0] && given[0]->is<Text>()) {
    margin = *given[0]->text();
  } else if (given[0]) {
    const int64_t width = integer_of(*given[0], "the width of indent");
    require(width <= 1 << 20, "the width of indent is {}", width);
    margin.assign(static_cast<size_t>(std::max(width, int64_t{0})), ' ');
  }
  text_of(value, "what indent indents");
  require(!value.as<Text>()->safe, "indent of a text that is 'safe' is not supported");
  const bool blank = given[2] && truth(*given[2]);
  GrowingText out(allowance);
  if (given[1] && truth(*given[1])) out.add(margin);
  bool first = true;
  for (const std::string& line : split_lines(*value.text() + "\n")) {
    if (!first) out.add("\n");
    if (!first && (blank || !line.empty())) out.add(margin);
    out.add(line);
    first = false;
  }
  return make_text(std::move(out));
}

Value format(const Value& value, const Arguments& arguments, Allowance& allowance) {
  require(arguments.named.empty(), "the filter format with names is not supported");
  require(!value.is<Text>() || !value.as<Text>()->safe,
          "the filter format of a text that is 'safe' is not supported");
  return percent_format(printed(value, allowance),
                        make_sequence(SequenceKind::tuple, arguments.positional, allowance),
                        allowance);
}

Value to_json(const Value& value, const Arguments& arguments, Allowance& allowance) {
  const auto given =
      bound(arguments, {"ensure_ascii", "indent", "separators", "sort_keys"}, "the filter tojson");
  JsonStyle style;
  style.ascii = given[0] && truth(*given[0]);
  if (given[1] && given[1]->is<Text>()) {
    style.indent = *given[1]->text();
  } else if (given[1] && !given[1]->is<None>()) {
    const int64_t width = integer_of(*given[1], "the indent of tojson");
    require(width <= 1 << 10, "the indent of tojson is {}", width);
    style.indent = std::string(static_cast<size_t>(std::max(width, int64_t{0})), ' ');
  }
  style.between = style.indent ? "," : ", ";
  if (given[2] && !given[2]->is<None>()) {
    const auto* pair = given[2]->sequence();
    require(pair && pair->items.size() == 2, "separators of tojson must be two texts");
    style.between = text_of(pair->items[0], "a separator");
    style.after_key = text_of(pair->items[1], "a separator");
  }
  style.sorted = given[3] && truth(*given[3]);
  GrowingText out(allowance);
  write_json(value, style, out);
  return make_text(std::move(out));
}

/// A text without the spaces around it and the underscores between its digits.
std::string number_digits(std::string_view text) {
  text = strip(text, Side::both);
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if (text[i] == '_' && i > 0 && digit(i - 1) && digit(i + 1)) continue;
    digits += text[i];
  }
  return digits;
}

std::optional<double> float_of(const Value& value) {
  double number = 0;
  if (as_number(value, number)) return number;
  if (!value.is<Text>()) return std::nullopt;
  const std::string digits = number_digits(*value.text());
  if (digits.empty() || digits.find_first_of("xXpP(") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  number = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size() || is_space(static_cast<uint8_t>(digits[0])))
    return std::nullopt;
  return number;
}

Value to_int(const Value& value, const Arguments& arguments, Allowance&) {
  const auto given = bound(arguments, {"default", "base"}, "the filter int");
  require(!given[1] || integer_of(*given[1], "the base") == 10,
          "the filter int with another base than 10 is not supported");
  defined(value);
  if (value.is<int64_t>() || value.is<bool>()) return {integer_of(value, "a number")};
  if (const auto* text = value.text()) {
    const std::string digits = number_digits(*text);
    const char* begin = digits.data() + (digits.starts_with('+') ? 1 : 0);
    int64_t number = 0;
    const char* last = digits.data() + digits.size();
    const auto [end, status] = std::from_chars(begin, last, number);
    if (status == std::errc() && end == last && !(digits.starts_with("+-"))) return {number};
    require(status != std::errc::result_out_of_range, "the number {} is beyond 63 bits", digits);
  }
  const auto number = float_of(value);
  if (!number || !std::isfinite(*number)) return given[0] ? *given[0] : Value{int64_t{0}};
  require(std::abs(*number) < 9.2e18, "the number {} is beyond 63 bits", *number);
  return {static_cast<int64_t>(*number)};
}

Value to_float(const Value& value, const Arguments& arguments, Allowance&) {
  const auto given = bound(arguments, {"default"}, "the filter float");
  if (const auto number = float_of(defined(value))) return {*number};
  return given[0] ? *given[0] : Value{0.0};
}

Value absolute(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter abs");
  double number = 0;
  require(as_number(defined(value), number), "the filter abs needs a number");
  return number < 0 ? negated(value) : operate("+", value, {int64_t{0}}, allowance);
}

Value round_of(const Value& value, const Arguments& arguments, Allowance&) {
  const auto given = bound(arguments, {"precision", "method"}, "the filter round");
  const int64_t precision = given[0] ? integer_of(*given[0], "the precision of round") : 0;
  const std::string method = given[1] ? text_of(*given[1], "the method of round") : "common";
  double number = 0;
  require(as_number(defined(value), number), "the filter round needs a number");
  require(precision >= 0 && precision <= 100, "round with precision {} is not supported",
          precision);
  if (method == "common") {
    if (!value.is<double>()) return {integer_of(value, "a number")};
    return {std::strtod(fmt::format("{:.{}f}", number, precision).c_str(), nullptr)};
  }
  require(method == "ceil" || method == "floor", "round has no method {}", method);
  const double scale = std::pow(10.0, static_cast<double>(precision));
  return {(method == "ceil" ? std::ceil(number * scale) : std::floor(number * scale)) / scale};
}

Value string_of(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter string");
  return {as_text(value, allowance)};
}

Value safe(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter safe");
  Text text = as_text(value, allowance);
  text.safe = true;
  return {std::move(text)};
}

Value escape(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter escape");
  const Text text = as_text(value, allowance);
  return text.safe ? Value{text} : make_text(escaped(*text.bytes), allowance, true);
}

Value word_count(const Value& value, const Arguments& arguments, Allowance& allowance) {
  no_arguments(arguments, "the filter wordcount");
  int64_t words = 0;
  for (const std::string& part : split(printed(value, allowance), nullptr, -1, false)) {
    for (const char c : part) require((c & 0x80) == 0, "wordcount beyond ASCII is not supported");
    bool in_word = false;
    for (const char c : part) {
      const bool letter = std::isalnum(static_cast<unsigned char>(c)) || c == '_';
      words += letter && !in_word;
      in_word = letter;
    }
  }
  return {words};
}

constexpr FilterRow kFilters[] = {
    {"abs", absolute},
    {"capitalize", changed<capitalized>},
    {"d", default_of},
    {"default", default_of},
    {"e", escape},
    {"escape", escape},
    {"float", to_float},
    {"format", format},
    {"indent", indent},
    {"int", to_int},
    {"lower", changed<lower_case>},
    {"replace", replace},
    {"round", round_of},
    {"safe", safe},
    {"string", string_of},
    {"title", changed<title_words>},
    {"tojson", to_json},
    {"trim", trim},
    {"upper", changed<upper_case>},
    {"wordcount", word_count},
};

}  // namespace

const FilterRow* plain_filter(std::string_view name) {
  const auto* row = std::find_if(std::begin(kFilters), std::end(kFilters),
                                 [&](const FilterRow& f) { return f.name == name; });
  return row == std::end(kFilters) ? nullptr : row;
}

bool is_filter_name(std::string_view name) { return plain_filter(name) || list_filter(name); }

Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments,
                   Allowance& allowance) {
  allowance.reading(value.text() ? value.text()->size() : 0);
  const FilterRow* row = plain_filter(name);
  if (!row) row = list_filter(name);
  require(row, "the filter {} is not supported", name);
  return row->apply(value, arguments, allowance);
}

}  // namespace tessera::chat
