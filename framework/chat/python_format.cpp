#include "framework/chat/python_format.h"

#include <algorithm>
#include <charconv>

#include "framework/chat/operations.h"
#include "framework/chat/value_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

/// The part between % and its letter, of which only a precision is known.
int precision_of(std::string_view part) {
  if (part.empty()) return -1;
  int precision = 0;
  const auto [end, status] = std::from_chars(part.data() + 1, part.data() + part.size(), precision);
  require(part[0] == '.' && status == std::errc() && end == part.data() + part.size() &&
              precision <= 100,
          "the format %{} is not supported", part);
  return precision;
}

void add_one(char letter, int precision, const Value& value, GrowingText& out) {
  double number = 0;
  if (letter == 's' && precision < 0) {
    print_value(value, out);
  } else if (letter == 'd' || letter == 'i') {
    require(as_number(defined(value), number) && precision < 0, "%{} needs a number", letter);
    if (value.is<double>()) {
      require(number > -9.2e18 && number < 9.2e18, "%{}: {} is no integer of 63 bits", letter,
              number);
      out.add(std::to_string(static_cast<int64_t>(number)));
    } else {
      out.add(std::to_string(integer_of(value, "%d")));
    }
  } else if (letter == 'f') {
    require(as_number(defined(value), number), "%f needs a number");
    out.add(fmt::format("{:.{}f}", number, precision < 0 ? 6 : precision));
  } else if (letter == 'x' && precision < 0) {
    const int64_t integer = integer_of(value, "%x");
    require(integer >= 0, "%x needs a number of at least 0");
    out.add(fmt::format("{:x}", integer));
  } else {
    user_error("the format %{} is not supported", letter);
  }
}

}  // namespace

Value percent_format(std::string_view format, const Value& values, Allowance& allowance) {
  GrowingText out(allowance);
  const auto* sequence = values.sequence();
  const bool several = sequence && sequence->kind == SequenceKind::tuple;
  const size_t count = several ? sequence->items.size() : 1;
  size_t next = 0;
  for (size_t at = 0; at < format.size();) {
    if (format[at] != '%') {
      const size_t end = std::min(format.find('%', at), format.size());
      out.add(format.substr(at, end - at));
      at = end;
      continue;
    }
    const size_t letter = format.find_first_not_of("0123456789.", at + 1);
    require(letter != std::string_view::npos, "the format ends with an open %");
    const std::string_view part = format.substr(at + 1, letter - at - 1);
    at = letter + 1;
    if (format[letter] == '%' && part.empty()) {
      out.add("%");
      continue;
    }
    require(next < count, "the format has more places than there are values");
    add_one(format[letter], precision_of(part), several ? sequence->items[next] : values, out);
    ++next;
  }
  require(next == count || (!several && values.dict()),
          "the format has fewer places than there are values");
  return make_text(std::move(out));
}

Value brace_format(std::string_view format, const Arguments& values, Allowance& allowance) {
  GrowingText out(allowance);
  size_t next = 0;
  for (size_t at = 0; at < format.size();) {
    const size_t brace = std::min(format.find_first_of("{}", at), format.size());
    out.add(format.substr(at, brace - at));
    if (brace == format.size()) break;
    if (format.substr(brace, 2) == "{{" || format.substr(brace, 2) == "}}") {
      out.add(format.substr(brace, 1));
      at = brace + 2;
      continue;
    }
    const size_t end = format.find('}', brace);
    require(format[brace] == '{' && end != std::string_view::npos, "a single '{}' in a format",
            format[brace]);
    const std::string_view field = format.substr(brace + 1, end - brace - 1);
    require(field.find_first_of("{:!.[") == std::string_view::npos,
            "the field {{{}}} of a format is not supported", field);
    at = end + 1;
    size_t index = next;
    if (field.empty()) {
      ++next;
    } else if (std::from_chars(field.data(), field.data() + field.size(), index).ec !=
               std::errc()) {
      const auto named = std::find_if(values.named.begin(), values.named.end(),
                                      [&](const auto& value) { return value.first == field; });
      require(named != values.named.end(), "the format's field {} is not given", field);
      print_value(named->second, out);
      continue;
    }
    require(index < values.positional.size(), "the format's field {} is not given", index);
    print_value(values.positional[index], out);
  }
  return make_text(std::move(out));
}

}  // namespace tessera::chat
