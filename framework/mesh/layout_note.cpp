#include "framework/mesh/layout_note.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {

Layout parse_layout(std::string_view text, const Mesh& mesh) {
  check(text.size() >= 2 && text.front() == '[' && text.back() == ']', "'{}' is not a layout",
        text);
  Layout out;
  if (text == "[]") return out;
  out.split.emplace_back();
  bool grouped = false;
  for (size_t i = 1; i + 1 < text.size();) {
    const char c = text[i];
    if (c == '(' || c == ')') {
      check(grouped == (c == ')'), "'{}' is not a layout", text);
      grouped = c == '(';
    } else if (c == ',') {
      check(!grouped, "'{}' is not a layout", text);
      out.split.emplace_back();
    } else if (c != ' ' && c != '_') {
      const size_t end = text.find_first_of(" ,()]", i);
      const std::string_view name = text.substr(i, end - i);
      for (size_t a = 0; a < mesh.axes().size(); ++a)
        if (mesh.axes()[a].name == name) out.split.back().push_back(static_cast<AxisId>(a));
      i = end;
      continue;
    }
    ++i;
  }
  check_layout(out, mesh);
  return out;
}

std::vector<std::string> axes_named(std::string_view text) {
  constexpr std::string_view kNone = "[](), _";
  std::vector<std::string> out;
  for (size_t i = text.find_first_not_of(kNone); i != std::string_view::npos;
       i = text.find_first_not_of(kNone, i)) {
    const size_t end = std::min(text.find_first_of(" ,()]", i), text.size());
    out.emplace_back(text.substr(i, end - i));
    i = end;
  }
  return out;
}

bool matches(std::string_view name, std::string_view pattern) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  if (!name.ends_with(pattern.substr(pattern.rfind('*') + 1))) return false;  // told at once
  const std::string_view rest = pattern.substr(star + 1);
  for (size_t i = star; i <= name.size(); ++i)
    if (matches(name.substr(i), rest)) return true;
  return false;
}

std::optional<Layout> find_layout(std::span<const LayoutNote> notes, std::string_view name,
                                  const Mesh& mesh) {
  for (const LayoutNote& note : notes)
    if (matches(name, note.name)) return parse_layout(note.layout, mesh);
  return std::nullopt;
}

}  // namespace tessera
