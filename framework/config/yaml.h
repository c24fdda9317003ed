// YAML text as a small tree with the place of every piece: the only door to yaml-cpp. It takes from
// YAML what a config needs, maps and scalars; anchors, aliases, tags and second documents are
// reported, since with them the text no longer says where a value comes from (and an alias can
// unfold without end). Size and encoding are checked before yaml-cpp sees the bytes, and nesting is
// stopped while the parser is shallow.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/config/problems.h"

namespace tessera {

struct YamlEntry;

struct YamlNode {
  enum class Kind { nothing, scalar, list, map, broken };  // broken: reported already

  Kind kind = Kind::nothing;
  std::string text;  // a scalar's text
  bool quoted = false;
  TextPlace place;
  /// The entries of a map in file order, duplicates included.
  std::vector<YamlEntry> entries;
  std::vector<YamlNode> items;  // of a list
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

/// The document in `text`; kind `nothing` when it is empty. Faults after which reading can go on
/// are added to `problems`; throws UserError for text that is no YAML at all.
YamlNode parse_yaml(std::string_view text, const std::string& source, Problems& problems);

/// `text` as a scalar that reads back as the same text: plain where that is safe, else in double
/// quotes.
std::string yaml_scalar(const std::string& text);

}  // namespace tessera
