// TableSurvey: what the columns of a table hold, for those who must pick some of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "framework/data/table_reader.h"

namespace tessera {

struct ColumnSurvey {
  std::string name;
  size_t filled = 0;  // rows in which it is not empty
  size_t bytes = 0;   // of all its values
  /// How often each value occurs; empty where there are too many, or long ones.
  std::map<std::string, size_t> values = {};
  bool has_few_values = true;

  double mean_bytes() const {
    return filled == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(filled);
  }
};

struct TableSurvey {
  std::string file, hint;  // that of TableReader
  size_t rows = 0;
  std::vector<ColumnSurvey> columns;

  /// Reads the whole file.
  static TableSurvey of(const std::filesystem::path& file);

  /// Throws UserError, which begins with `option`, where there is no column of that name.
  const ColumnSurvey& column(const std::string& name, const std::string& option) const;
  /// The column that looks most like a label: one that is called so, else the one with the fewest
  /// values, each of which occurs several times. Throws UserError where there is none, or where its
  /// name is one of its values, since the file then has no header.
  std::string label() const;
  /// The column that looks most like a text, or the two of a pair; `label` is none of them.
  std::vector<std::string> texts(const std::string& label) const;
  /// "text (9549 filled, 112 bytes each), label (2 values)".
  std::string listed() const;
};

}  // namespace tessera
