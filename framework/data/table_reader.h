// Rows of TSV, CSV or JSON lines, by the names of their columns.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "framework/data/document_reader.h"

namespace tessera {

class TableReader {
 public:
  /// Opens the file, compressed or not, and reads the names of its columns: those of the header, or
  /// the keys of the first JSON line. Throws UserError when the file cannot be read, or when its
  /// name tells none of the three formats.
  explicit TableReader(const std::filesystem::path& path);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(const std::string& column) const;
  /// For the end of a message about the columns: what the header looks like, if the name of the file
  /// tells another format; otherwise empty.
  const std::string& hint() const { return hint_; }

  /// Says which columns next() gives. Throws UserError when there is none of that name, or there
  /// are several.
  void select(const std::vector<std::string>& columns);

  /// Reads the selected fields of the next row; false at the end. Numbers, true and false of JSON
  /// are given as they are written. Throws UserError, which names file and line, for a broken row.
  bool next(std::vector<std::string>& fields);
  /// The line in which the row that was read last begins.
  uint64_t line() const { return line_; }
  /// A hash of all that was read, once next() has returned false.
  uint64_t hash() const { return opened_.text->hash(); }
  /// Bytes read so far, decompressed.
  uint64_t position() const { return opened_.text->position(); }

 private:
  void read_header();
  void read_first_keys();
  void take_delimited(const std::string& record, std::vector<std::string>& fields) const;
  void take_json(const std::string& record, std::vector<std::string>& fields) const;
  std::string place() const;

  std::string name_, hint_;
  OpenedText opened_;
  TextFormat format_ = TextFormat::tsv;
  std::unique_ptr<DocumentReader> reader_;
  std::vector<std::string> columns_, selected_;
  std::vector<size_t> chosen_;  // of the columns, for CSV and TSV
  uint64_t line_ = 0;
};

}  // namespace tessera
