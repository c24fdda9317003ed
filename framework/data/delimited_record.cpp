#include "framework/data/delimited_record.h"

#include <utility>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr size_t kNone = std::string_view::npos;

/// The place after the quote that closes the field opened at `begin`; kNone when none does.
size_t after_quotes(std::string_view text, size_t begin) {
  size_t at = begin + 1;
  while ((at = text.find('"', at)) != kNone) {
    if (at + 1 == text.size() || text[at + 1] != '"') return at + 1;
    at += 2;
  }
  return kNone;
}

}  // namespace

RecordEnd find_record_end(std::string_view text, char delimiter) {
  size_t at = 0;
  while (true) {
    if (at < text.size() && text[at] == '"') {
      at = after_quotes(text, at);
      if (at == kNone) return {.bytes = text.size(), .next = text.size(), .within_quotes = true};
    }
    while (at < text.size() && text[at] != delimiter && text[at] != '\n') ++at;
    if (at == text.size()) return {.bytes = at, .next = at};
    if (text[at] == '\n') break;
    ++at;
  }
  const bool carriage_return = at > 0 && text[at - 1] == '\r';
  return {.bytes = carriage_return ? at - 1 : at, .next = at + 1, .found = true};
}

std::vector<std::string> record_fields(std::string_view record, char delimiter,
                                       const std::string& where) {
  std::vector<std::string> fields;
  size_t at = 0;
  while (true) {
    std::string field;
    if (at < record.size() && record[at] == '"') {
      const size_t after = after_quotes(record, at);
      require(after != kNone, "{}: a quote is never closed", where);
      for (size_t from = at + 1; from + 1 < after;) {
        const size_t quote = record.find('"', from);
        if (quote + 1 >= after) {
          field += record.substr(from, after - 1 - from);
          break;
        }
        field += record.substr(from, quote + 1 - from);
        from = quote + 2;
      }
      require(after == record.size() || record[after] == delimiter,
              "{}: text follows the closing quote of column {}", where, fields.size() + 1);
      at = after;
    } else {
      const size_t end = record.find(delimiter, at);
      field = record.substr(at, end == kNone ? kNone : end - at);
      at = end == kNone ? record.size() : end;
    }
    fields.push_back(std::move(field));
    if (at == record.size()) return fields;
    ++at;
  }
}

}  // namespace tessera
