#include "launch/table_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kFewValues = 1000, kShortBytes = 100;

constexpr std::array kLabelNames{"label", "labels", "class", "category", "section", "sentiment"};
constexpr std::array kTextNames{"text", "sentence", "review", "content", "body", "description"};
using Pair = std::pair<const char*, const char*>;
constexpr std::array<Pair, 6> kPairNames{{{"sentence1", "sentence2"},
                                          {"text1", "text2"},
                                          {"text_a", "text_b"},
                                          {"premise", "hypothesis"},
                                          {"question1", "question2"},
                                          {"claim", "evidence"}}};

void note(ColumnSurvey& column, const std::string& value) {
  if (value.empty()) return;
  ++column.filled;
  column.bytes += value.size();
  if (!column.has_few_values) return;
  if (value.size() <= kShortBytes) ++column.values[value];
  if (value.size() > kShortBytes || column.values.size() > kFewValues) {
    column.has_few_values = false;
    column.values.clear();
  }
}

bool may_be_label(const ColumnSurvey& column, size_t rows) {
  return column.has_few_values && column.values.size() >= 2 && column.values.size() <= rows / 2 &&
         column.filled == rows;
}

}  // namespace

TableSurvey TableSurvey::of(const std::filesystem::path& file) {
  TableReader table(file);
  table.select(table.columns());
  TableSurvey survey;
  survey.file = table.name();
  survey.hint = table.hint();
  for (const std::string& name : table.columns()) survey.columns.push_back({.name = name});
  std::vector<std::string> fields;
  while (table.next(fields)) {
    ++survey.rows;
    for (size_t i = 0; i < fields.size(); ++i) note(survey.columns[i], fields[i]);
  }
  require(survey.rows > 0, "{}: has no row", survey.file);
  return survey;
}

std::string TableSurvey::listed() const {
  std::string text;
  for (const ColumnSurvey& column : columns)
    text +=
        fmt::format("{}{} ({})", text.empty() ? "" : ", ", column.name,
                    column.has_few_values ? fmt::format("{} values", column.values.size())
                                          : fmt::format("{:.0f} bytes each", column.mean_bytes()));
  return text;
}

const ColumnSurvey& TableSurvey::column(const std::string& name, const std::string& option) const {
  const auto found = std::ranges::find(columns, name, &ColumnSurvey::name);
  require(found != columns.end(), "{}: {} has no column '{}'; it has: {}{}", option, file, name,
          listed(), hint);
  return *found;
}

std::string TableSurvey::label() const {
  for (const char* name : kLabelNames)
    for (const ColumnSurvey& column : columns)
      if (column.name == name && may_be_label(column, rows)) return name;
  const ColumnSurvey* best = nullptr;
  for (const ColumnSurvey& column : columns)
    if (may_be_label(column, rows) && (!best || column.values.size() < best->values.size()))
      best = &column;
  require(best != nullptr,
          "{}: no column looks like a label, with a few values that occur several times: {}{}",
          file, listed(), hint.empty() ? "; name it with --label" : hint);
  require(!best->values.contains(best->name),
          "{}: the first line names the columns, and '{}' is also a label: is it an example? Write "
          "a header above it, such as text and label",
          file, best->name);
  return best->name;
}

std::vector<std::string> TableSurvey::texts(const std::string& label) const {
  const auto has = [&](const char* name) {
    return name != label && std::ranges::find(columns, name, &ColumnSurvey::name) != columns.end();
  };
  for (const auto& [first, second] : kPairNames)
    if (has(first) && has(second)) return {first, second};
  for (const char* name : kTextNames)
    if (has(name)) return {name};
  const ColumnSurvey* best = nullptr;
  for (const ColumnSurvey& column : columns)
    if (column.name != label && (!best || column.mean_bytes() > best->mean_bytes())) best = &column;
  require(best != nullptr, "{}: there is no column beside '{}'{}", file, label, hint);
  return {best->name};
}

}  // namespace tessera
