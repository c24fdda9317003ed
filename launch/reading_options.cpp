#include "launch/reading_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "framework/config/nearest.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

TextFormat format_named(const std::string& name) {
  const std::vector<std::string> known{"auto", "text", "jsonl", "csv", "tsv"};
  const auto found = std::find(known.begin(), known.end(), name);
  const auto meant = nearest(name, known);
  require(found != known.end(), "--format: unknown format '{}'{}; known: {}", name,
          meant ? "; did you mean '" + *meant + "'?" : "", fmt::join(known, ", "));
  return static_cast<TextFormat>(found - known.begin());
}

/// The names in "A,B".
std::vector<std::string> column_names(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream text(list);
  for (std::string name; std::getline(text, name, ',');) names.push_back(name);
  require(!names.empty(), "--column: name at least one column");
  return names;
}

}  // namespace

const Option kFormatOption{
    .name = "format",
    .value = "NAME",
    .help = "text, jsonl, csv or tsv for all files; auto (the default): by their names"};
const Option kTextOption{.name = "text",
                         .value = "KEY",
                         .help = "the text in JSON lines: a key or a path a.b (default text)"};
const Option kColumnOption{
    .name = "column",
    .value = "A,B",
    .help = "the text in CSV and TSV: columns, joined by newlines (default text)"};
const Option kSkipBrokenOption{.name = "skip-broken",
                               .value = "",
                               .help = "leave out records that cannot be read, and count them"};

const Option kSkipUnreadableOption{
    .name = "skip-unreadable",
    .value = "",
    .help = "leave out files and folders that cannot be read, and count them"};

ReadingOptions reading_options(const Arguments& given) {
  ReadingOptions options;
  options.format = format_named(given.text("format", "auto"));
  options.text_key = given.text("text", options.text_key);
  options.columns = column_names(given.text("column", "text"));
  options.key_is_given = given.has("text");
  options.columns_are_given = given.has("column");
  options.skip_broken = given.has("skip-broken");
  options.skip_unreadable = given.has("skip-unreadable");
  return options;
}

}  // namespace tessera
