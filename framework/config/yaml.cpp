#include "framework/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/config/foreign_space.h"
#include "framework/config/value.h"
#include "framework/core/error.h"
#include "framework/core/utf16.h"

namespace tessera {
namespace {

constexpr size_t kLargest = 256 << 10;  // bytes; a config is a few thousand
constexpr size_t kDeepest = 8;          // levels; a config has two

TextPlace place_of(const YAML::Mark& mark) {
  return mark.is_null() ? TextPlace{} : TextPlace{mark.line + 1, mark.column + 1};
}

[[noreturn]] void fail(const std::string& source, TextPlace place, std::string_view message) {
  Problems problems(source);
  problems.at(place, message);
  problems.throw_if_any();
  internal_error("a reported problem was not thrown");
}

// Builds the tree from yaml-cpp's events. Its nodes would not do: events are where nesting can be
// stopped while the parser is still shallow, and they show duplicates, quotes and aliases.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& source, Problems& problems)
      : source_(source), problems_(problems) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({YamlNode::Kind::nothing, "", false, place_of(mark), {}, {}}, "", anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.at(place_of(mark), "aliases (*name) are not used here; write the value out");
    add({YamlNode::Kind::broken, "", false, place_of(mark), {}, {}}, "", YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add({YamlNode::Kind::scalar, value, tag == "!", place_of(mark), {}, {}}, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::list, "", false, place_of(mark), {}, {}}, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open({YamlNode::Kind::map, "", false, place_of(mark), {}, {}}, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    bool has_key = false;
    YamlNode key;
  };

  void add(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      problems_.at(node.place, "anchors (&name) are not used here; write the value out");
    if (!tag.empty() && tag != "?" && tag != "!")
      problems_.at(node.place, "tags (!name) are not used here; remove it");
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (!parent.has_key) {
      parent.key = std::move(node);
      parent.has_key = true;
      return;
    }
    parent.node.entries.push_back({std::move(parent.key), std::move(node)});
    parent.has_key = false;
  }

  void open(YamlNode node, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() >= kDeepest)
      fail(source_, node.place, "nested too deeply; a config has sections, and keys in them");
    tags_.push_back(tag);
    anchors_.push_back(anchor);
    open_.push_back({std::move(node), false, {}});
  }

  void close() {
    check(!open_.empty(), "yaml: a collection ends that never began");
    YamlNode node = std::move(open_.back().node);
    const std::string tag = std::move(tags_.back());
    const YAML::anchor_t anchor = anchors_.back();
    open_.pop_back();
    tags_.pop_back();
    anchors_.pop_back();
    add(std::move(node), tag, anchor);
  }

  const std::string& source_;
  Problems& problems_;
  YamlNode root_;
  std::vector<Open> open_;
  std::vector<std::string> tags_;
  std::vector<YAML::anchor_t> anchors_;
};

TextPlace place_at(std::string_view text, size_t offset) {
  TextPlace place{1, 1};
  for (char c : text.substr(0, offset)) {
    ++place.column;
    if (c == '\n') place = {place.line + 1, 1};
  }
  return place;
}

// Whether the line is indented by a tab: the commonest cause of a syntax error whose message does
// not name it.
bool is_indented_by_tab(std::string_view text, int line) {
  for (int i = 1; i < line && !text.empty(); ++i)
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  const size_t first = text.find_first_not_of(" \t");
  return first != text.npos && text.substr(0, first).find('\t') != text.npos;
}

}  // namespace

YamlNode parse_yaml(std::string_view text, const std::string& source, Problems& problems) {
  if (text.size() > kLargest)
    fail(source, {},
         fmt::format("{} bytes are no config; at most {} KiB are read", text.size(),
                     kLargest >> 10));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  if (looks_like_utf16(text))
    fail(source, {},
         fmt::format("a config is a YAML file in UTF-8, and this one is in UTF-16; {}",
                     kUtf16Remedy));
  size_t where = 0;
  if (!is_plain_text(text, true, where))
    fail(source, place_at(text, where),
         fmt::format("byte 0x{:02x} is not text; a config is a YAML file in UTF-8",
                     static_cast<unsigned char>(text[where])));
  if (const auto space = find_foreign_space(text))
    fail(source, place_at(text, space->at),
         fmt::format("{} stands here, which YAML takes for a letter; put a plain space in its "
                     "place, or quotes around a value that has it",
                     space->name));
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(source, problems);
    if (!parser.HandleNextDocument(builder)) return {};
    YamlNode root = builder.take();
    TreeBuilder second(source, problems);
    if (parser.HandleNextDocument(second))
      fail(source, second.take().place,
           "a second YAML document begins here; a config is one document");
    return root;
  } catch (const YAML::Exception& error) {
    const TextPlace place = place_of(error.mark);
    fail(source, place,
         "not valid YAML: " + error.msg +
             (is_indented_by_tab(text, place.line) ? "; indent with spaces, not with tabs" : ""));
  }
}

std::string yaml_scalar(const std::string& text) {
  // Letters that can stand in a plain scalar anywhere; text that starts or spells something else is
  // quoted.
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+% ";
  const bool plain =
      !text.empty() && text.find_first_not_of(kSafe) == std::string::npos &&
      (std::isalnum(static_cast<unsigned char>(text[0])) || text[0] == '/' || text[0] == '.' ||
       (text[0] == '-' && text.size() > 1 && std::isdigit(static_cast<unsigned char>(text[1])))) &&
      text.back() != ' ' && text != "null" && text != "Null" && text != "NULL" && text != "...";
  return plain ? text : nlohmann::json(text).dump();
}

}  // namespace tessera
