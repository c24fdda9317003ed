#include "framework/chat/value_text.h"

#include <algorithm>
#include <cmath>

#include "framework/chat/python_text.h"
#include "framework/core/error.h"

namespace tessera::chat {
namespace {

void print_quoted(const Value& value, GrowingText& out);

void print_sequence(const Sequence& sequence, GrowingText& out) {
  static constexpr std::string_view kOpen[] = {
      "[", "(", "", "", "dict_keys([", "dict_values([", "dict_items(["};
  static constexpr std::string_view kClose[] = {"]", ")", "", "", "])", "])", "])"};
  const auto kind = static_cast<size_t>(sequence.kind);
  require(!kOpen[kind].empty(), "printing a {} is not supported: make a list of it",
          sequence.kind == SequenceKind::range ? "range" : "generator");
  out.add(kOpen[kind]);
  for (size_t i = 0; i < sequence.items.size(); ++i) {
    if (i > 0) out.add(", ");
    print_quoted(sequence.items[i], out);
  }
  if (sequence.kind == SequenceKind::tuple && sequence.items.size() == 1) out.add(",");
  out.add(kClose[kind]);
}

void print_quoted(const Value& value, GrowingText& out) {
  if (const auto* text = value.as<Text>()) {
    require(!text->safe, "printing a list with a text that is 'safe' is not supported");
    out.add(python_quoted(*text->bytes));
  } else if (value.is<Undefined>()) {
    out.add("Undefined");
  } else {
    print_value(value, out);
  }
}

void json_text(std::string_view text, bool ascii, GrowingText& out) {
  std::string quoted = "\"";
  for (size_t at = 0; at < text.size(); at += character_bytes(text, at)) {
    const char32_t c = character_at(text, at);
    static constexpr std::string_view kPlain = "\"\\\b\f\n\r\t", kLetters = "\"\\bfnrt";
    const size_t known = c < 0x80 ? kPlain.find(static_cast<char>(c)) : std::string_view::npos;
    if (known != std::string_view::npos) {
      quoted += '\\';
      quoted += kLetters[known];
    } else if (c >= 0x10000 && ascii) {
      quoted += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + ((uint32_t{c} - 0x10000) >> 10),
                            0xdc00 + ((uint32_t{c} - 0x10000) & 0x3ff));
    } else if (c < 0x20 || (c > 0x7e && ascii)) {
      quoted += fmt::format("\\u{:04x}", uint32_t{c});
    } else {
      quoted += text.substr(at, character_bytes(text, at));
    }
  }
  out.add(quoted).add("\"");
}

class JsonWriter {
 public:
  JsonWriter(const JsonStyle& style, GrowingText& out) : style_(style), out_(out) {}

  void write(const Value& value) {
    if (const auto* number = value.as<double>()) {
      out_.add(std::isnan(*number)   ? "NaN"
               : std::isinf(*number) ? (*number > 0 ? "Infinity" : "-Infinity")
                                     : float_text(*number));
    } else if (const auto* flag = value.as<bool>()) {
      out_.add(*flag ? "true" : "false");
    } else if (value.is<None>()) {
      out_.add("null");
    } else if (value.is<int64_t>()) {
      print_value(value, out_);
    } else if (const auto* text = value.text()) {
      json_text(*text, style_.ascii, out_);
    } else if (const auto* dict = value.dict()) {
      object(*dict);
    } else {
      const auto* sequence = defined(value).sequence();
      require(sequence && sequence->kind <= SequenceKind::tuple,
              "a value of type {} cannot be written as JSON", type_name(value));
      group("[", "]", sequence->items.size(), [&](size_t i) { write(sequence->items[i]); });
    }
  }

 private:
  void object(const Dict& dict) {
    const auto& entries = dict.entries();
    std::vector<size_t> order(entries.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (style_.sorted) {
      for (const auto& [key, value] : entries)
        require(key.is<Text>(), "tojson(sort_keys) with keys other than text is not supported");
      std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return *entries[a].first.text() < *entries[b].first.text();
      });
    }
    group("{", "}", entries.size(), [&](size_t i) {
      const auto& [key, value] = entries[order[i]];
      if (key.is<Text>()) {
        json_text(*key.text(), style_.ascii, out_);
      } else {
        out_.add("\"");
        write(key);
        out_.add("\"");
      }
      out_.add(style_.after_key);
      write(value);
    });
  }

  template <typename Write>
  void group(const char* open, const char* close, size_t count, Write write_one) {
    out_.add(open);
    ++level_;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out_.add(style_.between);
      new_line();
      write_one(i);
    }
    --level_;
    if (count > 0) new_line();
    out_.add(close);
  }

  void new_line() {
    if (!style_.indent) return;
    out_.add("\n");
    for (int i = 0; i < level_; ++i) out_.add(*style_.indent);
  }

  const JsonStyle& style_;
  GrowingText& out_;
  int level_ = 0;
};

}  // namespace

std::string float_text(double number) {
  if (std::isnan(number)) return "nan";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

void print_value(const Value& value, GrowingText& out) {
  if (value.is<Undefined>()) return;
  if (value.is<None>()) {
    out.add("None");
  } else if (const auto* flag = value.as<bool>()) {
    out.add(*flag ? "True" : "False");
  } else if (const auto* integer = value.as<int64_t>()) {
    out.add(std::to_string(*integer));
  } else if (const auto* number = value.as<double>()) {
    out.add(float_text(*number));
  } else if (const auto* text = value.text()) {
    out.add(*text);
  } else if (const auto* sequence = value.sequence()) {
    print_sequence(*sequence, out);
  } else if (const auto* dict = value.dict()) {
    out.add("{");
    bool first = true;
    for (const auto& [key, member] : dict->entries()) {
      if (!std::exchange(first, false)) out.add(", ");
      print_quoted(key, out);
      out.add(": ");
      print_quoted(member, out);
    }
    out.add("}");
  } else {
    user_error("printing a value of type {} is not supported", type_name(value));
  }
}

std::string printed(const Value& value, Allowance& allowance) {
  GrowingText out(allowance);
  print_value(value, out);
  return std::move(out.text());
}

void write_json(const Value& value, const JsonStyle& style, GrowingText& out) {
  JsonWriter(style, out).write(value);
}

}  // namespace tessera::chat
