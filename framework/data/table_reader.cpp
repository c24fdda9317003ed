#include "framework/data/table_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/shortened.h"
#include "framework/data/delimited_reader.h"
#include "framework/data/delimited_record.h"
#include "framework/data/json_lines_reader.h"

namespace tessera {
namespace {

constexpr size_t kMostHeaderBytes = size_t{1} << 20;
constexpr size_t kMostShown = 50;  // columns in a message

/// The first record of `text`, which is not consumed. Blank lines before it are.
std::string_view first_record(TextStream& text, char delimiter, const std::string& name) {
  while (text.want(1) && (text.ahead()[0] == '\n' || text.ahead()[0] == '\r')) text.consume(1);
  for (size_t wanted = InputFile::kHeadBytes;; wanted *= 2) {
    const bool more = text.want(wanted);
    const RecordEnd end = find_record_end(text.ahead(), delimiter);
    if (end.found || !more) return text.ahead().substr(0, end.bytes);
    require(wanted < kMostHeaderBytes, "{}: the header is longer than {} KiB; is this a table?",
            name, kMostHeaderBytes >> 10);
  }
}

std::string first_line(TextStream& text, const std::string& name) {
  while (text.want(1) && std::strchr(" \t\r\n", text.ahead()[0]) != nullptr) text.consume(1);
  for (size_t wanted = InputFile::kHeadBytes;; wanted *= 2) {
    const bool more = text.want(wanted);
    const size_t end = text.ahead().find('\n');
    if (end != std::string_view::npos || !more) return std::string(text.ahead().substr(0, end));
    require(wanted < kMostRecordBytes, "{}: its first line is longer than {} MiB", name,
            kMostRecordBytes >> 20);
  }
}

/// What a header of one column looks like.
std::string hint_of(std::string_view header, TextFormat format) {
  const bool csv = format == TextFormat::csv;
  const auto holds = [&](char c) { return header.find(c) != std::string_view::npos; };
  if (csv && holds('\t'))
    return "; the header holds tabs and no comma: if this is TSV, call it .tsv";
  if (!csv && holds(','))
    return "; the header holds commas and no tab: if this is CSV, call it .csv";
  if (!holds(';')) return {};
  return fmt::format("; the header holds semicolons and no {}: write {} between fields",
                     csv ? "comma" : "tab", csv ? "commas" : "tabs");
}

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string_view> shown;
  for (const std::string& name : names)
    if (shown.size() < kMostShown) shown.push_back(shortened(name, 100));
  return shown.empty() ? "none" : fmt::format("{}", fmt::join(shown, ", "));
}

}  // namespace

TableReader::TableReader(const std::filesystem::path& path)
    : name_(source_name(path)), opened_(open_text(path)) {
  require(opened_.kind != SourceKind::unreadable, "{}: cannot be read: {}", name_,
          std::strerror(opened_.error));
  require(opened_.kind != SourceKind::binary, "{}: is no text; write TSV, CSV or JSON lines",
          name_);
  require(opened_.kind != SourceKind::utf16,
          "{}: is UTF-16 without a byte order mark; save it as UTF-8", name_);
  TextStream& text = *opened_.text;
  format_ = format_of(name_, text, TextFormat::by_name);
  require(format_ != TextFormat::text,
          "{}: its name says no format; call it .tsv, .csv or .jsonl (and .gz or .zst behind, when "
          "it is compressed)",
          name_);
  require(text.want(1), "{}: is empty", name_);
  if (format_ == TextFormat::json_lines)
    read_first_keys();
  else
    read_header();
}

bool TableReader::has(const std::string& column) const {
  return std::ranges::find(columns_, column) != columns_.end();
}

void TableReader::read_header() {
  const char delimiter = format_ == TextFormat::csv ? ',' : '\t';
  TextStream& text = *opened_.text;
  const std::string header(first_record(text, delimiter, name_));
  columns_ = record_fields(header, delimiter, name_ + ", line 1");
  if (columns_.size() == 1) hint_ = hint_of(header, format_);
  reader_ = std::make_unique<DelimitedReader>(text, name_, delimiter, std::vector<std::string>{});
}

void TableReader::read_first_keys() {
  TextStream& text = *opened_.text;
  const nlohmann::ordered_json object =
      parse_ordered_json_object(first_line(text, name_), name_ + ", line 1");
  for (const auto& [key, value] : object.items()) columns_.push_back(key);
  reader_ = std::make_unique<JsonLinesReader>(text, name_, "");
}

void TableReader::select(const std::vector<std::string>& columns) {
  selected_ = columns;
  chosen_.clear();
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(columns_, column);
    require(found != columns_.end(), "{}: there is no column '{}'; there are: {}{}", name_, column,
            listed(columns_), hint_);
    require(std::find(found + 1, columns_.end(), column) == columns_.end(),
            "{}: there are several columns '{}'; give each a name of its own", name_, column);
    chosen_.push_back(static_cast<size_t>(found - columns_.begin()));
  }
}

bool TableReader::next(std::vector<std::string>& fields) {
  DocumentPart part;
  if (!reader_->next(part)) return false;
  line_ = part.place.line;
  require(part.broken.empty(), "{}", part.broken);
  fields.clear();
  if (format_ == TextFormat::json_lines)
    take_json(part.text, fields);
  else
    take_delimited(part.text, fields);
  return true;
}

std::string TableReader::place() const { return fmt::format("{}, line {}", name_, line_); }

void TableReader::take_delimited(const std::string& record,
                                 std::vector<std::string>& fields) const {
  const char delimiter = format_ == TextFormat::csv ? ',' : '\t';
  std::vector<std::string> all = record_fields(record, delimiter, place());
  require(all.size() == columns_.size(), "{}: has {} fields, and the header {}{}", place(),
          all.size(), columns_.size(), hint_);
  for (const size_t i : chosen_) fields.push_back(all[i]);
}

void TableReader::take_json(const std::string& record, std::vector<std::string>& fields) const {
  std::string mended = record;
  mend_surrogates(mended);
  const nlohmann::json object = parse_json_object(mended, place());
  for (const std::string& key : selected_) {
    const auto found = object.find(key);
    if (found == object.end()) {
      std::vector<std::string> keys;
      for (const auto& [known, value] : object.items()) keys.push_back(known);
      user_error("{}: has no \"{}\"; it has: {}", place(), key, listed(keys));
    }
    require(found->is_string() || found->is_number() || found->is_boolean(),
            "{}: \"{}\" is {}; write a text there", place(), key, json_kind(*found));
    fields.push_back(found->is_string() ? found->get<std::string>() : found->dump());
  }
}

}  // namespace tessera
