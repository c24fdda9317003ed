#include "framework/core/attrs.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tessera {
namespace {

thread_local AskedAttrs* asked = nullptr;

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string print(const AttrValue& value) {
  struct Visitor {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const {
      std::string s = fmt::format("{}", v);  // the shortest text that reads back to the same double
      return s.find_first_of(".en") == std::string::npos ? s + ".0" : s;
    }
    std::string operator()(const std::string& v) const { return in_quotes(v); }
    std::string operator()(const std::vector<int64_t>& v) const {
      return fmt::format("[{}]", fmt::join(v, ","));
    }
  };
  return std::visit(Visitor{}, value);
}

struct Cursor {
  std::string_view text;
  size_t& at;

  char peek() const { return at < text.size() ? text[at] : '\0'; }
  void skip() {
    while (peek() == ' ') ++at;
  }
  void expect(char c) {
    skip();
    require(peek() == c, "attributes: expected '{}' at position {} of '{}'", c, at, text);
    ++at;
  }
  std::string word(std::string_view stop) {
    const size_t from = at;
    while (at < text.size() && stop.find(text[at]) == std::string_view::npos) ++at;
    return std::string(text.substr(from, at - from));
  }
  int64_t integer() {
    skip();
    int64_t v = 0;
    auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), v);
    require(error == std::errc(), "attributes: expected an integer at position {} of '{}'", at,
            text);
    at = static_cast<size_t>(end - text.data());
    return v;
  }
};

AttrValue parse_value(Cursor& c) {
  c.skip();
  if (c.peek() == '"') {
    std::string out;
    for (++c.at; c.peek() != '"'; ++c.at) {
      if (c.peek() == '\\') ++c.at;
      require(c.at < c.text.size(), "attributes: unfinished text in '{}'", c.text);
      out += c.peek();
    }
    ++c.at;
    return out;
  }
  if (c.peek() == '[') {
    std::vector<int64_t> out;
    ++c.at;
    for (c.skip(); c.peek() != ']'; c.skip()) {
      if (!out.empty()) c.expect(',');
      out.push_back(c.integer());
    }
    ++c.at;
    return out;
  }
  const std::string token = c.word(",} ");
  if (token == "true") return true;
  if (token == "false") return false;
  if (token.find_first_of(".en") == std::string::npos) {
    int64_t v = 0;
    auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), v);
    require(error == std::errc() && end == token.data() + token.size(),
            "attributes: '{}' is no value", token);
    return v;
  }
  double v = 0;
  auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), v);
  require(error == std::errc() && end == token.data() + token.size(),
          "attributes: '{}' is no value", token);
  return v;
}

}  // namespace

AskedAttrs::AskedAttrs() : outer_(std::exchange(asked, this)) {}

AskedAttrs::~AskedAttrs() { asked = outer_; }

Attrs::Attrs(std::initializer_list<std::pair<std::string_view, AttrValue>> list) {
  if (list.size() == 0) return;
  Entries entries;
  entries.reserve(list.size());
  for (const auto& [name, value] : list) entries.emplace_back(name, value);
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  entries_ = std::make_shared<const Entries>(std::move(entries));
}

const Attrs::Entries& Attrs::entries() const {
  static const Entries none;
  return entries_ ? *entries_ : none;
}

const AttrValue* Attrs::find(std::string_view name) const {
  if (asked != nullptr) asked->names_.emplace(name);
  for (const auto& [known, value] : entries())
    if (known == name) return &value;
  return nullptr;
}

void Attrs::set(std::string_view name, AttrValue value) {
  Entries changed = entries();
  const auto at = std::lower_bound(changed.begin(), changed.end(), name,
                                   [](const auto& entry, auto n) { return entry.first < n; });
  if (at != changed.end() && at->first == name)
    at->second = std::move(value);
  else
    changed.emplace(at, name, std::move(value));
  entries_ = std::make_shared<const Entries>(std::move(changed));
}

void Attrs::erase(std::string_view name) {
  if (!has(name)) return;
  Entries changed = entries();
  std::erase_if(changed, [&](const auto& entry) { return entry.first == name; });
  entries_ = changed.empty() ? nullptr : std::make_shared<const Entries>(std::move(changed));
}

std::string to_string(const Attrs& attrs) {
  if (attrs.empty()) return "";
  std::string out = "{";
  for (const auto& [name, value] : attrs) {
    if (out.size() > 1) out += ", ";
    out += name + "=" + print(value);
  }
  return out + "}";
}

Attrs parse_attrs(std::string_view text, size_t& position) {
  Attrs attrs;
  Cursor c{text, position};
  c.skip();
  if (c.peek() != '{') return attrs;
  c.expect('{');
  c.skip();
  if (c.peek() == '}') {
    ++c.at;
    return attrs;
  }
  while (true) {
    c.skip();
    std::string name = c.word("= ,}");
    require(!name.empty(), "attributes: expected a name at position {} of '{}'", position, text);
    c.expect('=');
    attrs.set(std::move(name), parse_value(c));
    c.skip();
    if (c.peek() != ',') break;
    ++c.at;
  }
  c.expect('}');
  return attrs;
}

}  // namespace tessera
