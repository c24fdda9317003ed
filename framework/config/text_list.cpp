#include "framework/config/text_list.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kMost = 100'000;
constexpr const char* kExample = "[a, b]";

}  // namespace

Complaint read_texts(const YamlNode& list, std::vector<std::string>& out) {
  if (list.items.size() > kMost)
    return fmt::format("a list of {} texts; at most {} are read", list.items.size(), kMost);
  std::vector<std::string> texts;
  for (const YamlNode& item : list.items) {
    if (item.kind != YamlNode::Kind::scalar)
      return fmt::format("line {}: expected a text; write a list such as {}", item.place.line,
                         kExample);
    std::string text;
    if (Complaint complaint = read_value(item.text, {}, text); !complaint.empty()) return complaint;
    texts.push_back(std::move(text));
  }
  out = std::move(texts);
  return {};
}

Complaint read_value(std::string_view text, const Limits& limits, std::vector<std::string>& out) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    out.clear();
    return {};
  }
  if (text[first] != '[') {
    std::string one;
    Complaint complaint = read_value(text, limits, one);
    if (complaint.empty()) out = {std::move(one)};
    return complaint;
  }
  Problems problems("the list");
  try {
    const YamlNode node = parse_yaml(text, "the list", problems);
    problems.throw_if_any();
    if (node.kind == YamlNode::Kind::list) return read_texts(node, out);
  } catch (const UserError&) {
    // said below
  }
  return fmt::format("{} is no list of texts; write it such as {}", shown(text), kExample);
}

std::string value_text(const std::vector<std::string>& value) {
  if (value.size() == 1 && !value[0].empty() && value[0][0] != '[') return value[0];
  std::string text;
  for (const std::string& one : value) text += (text.empty() ? "" : ", ") + yaml_scalar(one);
  return "[" + text + "]";
}

}  // namespace tessera
