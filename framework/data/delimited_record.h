// One record of CSV or TSV (RFC 4180).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// How far the record at the beginning of `text` goes.
struct RecordEnd {
  size_t bytes =
      0;            // of the record, without the end of its line; all of `text` when none was found
  size_t next = 0;  // where the next one begins
  bool found = false;
  bool within_quotes = false;  // the text ends inside a field in quotes
};

/// The end of the first record of `text`.
RecordEnd find_record_end(std::string_view text, char delimiter);

/// The fields of a record, quotes undone. Throws UserError, which begins with `where`, when text
/// follows a closing quote.
std::vector<std::string> record_fields(std::string_view record, char delimiter,
                                       const std::string& where);

}  // namespace tessera
