#include "framework/data/delimited_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/shortened.h"
#include "framework/data/delimited_record.h"

namespace tessera {
namespace {

std::string where(const std::string& name, uint64_t line) {
  return fmt::format("{}, line {}", name, line);
}

class DelimitedText final : public RecordText {
 public:
  DelimitedText(std::string name, char delimiter, size_t field_count, std::vector<size_t> chosen)
      : name_(std::move(name)),
        delimiter_(delimiter),
        field_count_(field_count),
        chosen_(std::move(chosen)) {}

  void extract(std::string& record, uint64_t line) const override {
    const auto lines = static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n'));
    const std::string place = lines == 0
                                  ? where(name_, line)
                                  : fmt::format("{}, lines {} to {}", name_, line, line + lines);
    const std::vector<std::string> fields = record_fields(record, delimiter_, place);
    require(fields.size() == field_count_, "{}: has {} fields, and the header {}", place,
            fields.size(), field_count_);
    record.clear();
    bool all_empty = true;
    for (size_t i = 0; i < chosen_.size(); ++i) {
      if (i > 0) record += '\n';
      record += fields[chosen_[i]];
      all_empty &= fields[chosen_[i]].empty();
    }
    if (all_empty) record.clear();
  }

 private:
  std::string name_;
  char delimiter_;
  size_t field_count_;
  std::vector<size_t> chosen_;
};

size_t column_index(const std::vector<std::string>& header, const std::string& column,
                    const std::string& name) {
  constexpr size_t kShown = 50;
  const auto count = std::count(header.begin(), header.end(), column);
  std::vector<std::string_view> shown;
  for (const std::string& text : header)
    if (shown.size() < kShown) shown.push_back(shortened(text, 100));
  require(
      count > 0,
      "{}: has no column \"{}\"; it has: {}; name the text with --column NAME, or read the file "
      "as it is with --format text",
      name, column, fmt::join(shown, ", "));
  require(count == 1, "{}: has {} columns \"{}\"; give each a name of its own", name, count,
          column);
  return static_cast<size_t>(std::find(header.begin(), header.end(), column) - header.begin());
}

}  // namespace

DelimitedReader::DelimitedReader(TextStream& text, std::string name, char delimiter,
                                 const std::vector<std::string>& columns)
    : text_(text), name_(std::move(name)), delimiter_(delimiter) {
  DocumentPart head;
  std::vector<std::string> header;
  if (next(head)) {
    require(head.broken.empty(), "{}", head.broken);
    header = record_fields(head.text, delimiter_, where(name_, head.place.line));
  }
  std::vector<size_t> chosen;
  for (const std::string& column : columns) chosen.push_back(column_index(header, column, name_));
  record_text_ =
      std::make_shared<DelimitedText>(name_, delimiter_, header.size(), std::move(chosen));
}

bool DelimitedReader::next(DocumentPart& part) {
  while (next_record(part))
    if (!part.text.empty() || !part.broken.empty()) return true;
  return false;
}

bool DelimitedReader::next_record(DocumentPart& part) {
  part = DocumentPart();
  part.place = place_ahead(text_);
  RecordEnd end;
  bool more = true;
  while (true) {
    // No further than the limit, however much lies ahead: what is broken must not depend on that.
    const std::string_view text = text_.ahead().substr(0, kMostRecordBytes);
    end = find_record_end(text, delimiter_);
    if (end.found || !more || text.size() == kMostRecordBytes) break;
    more = text_.want(2 * text.size() + 1);  // twice as much, as the record is looked at anew
  }
  if (text_.ahead().empty()) return false;
  const bool whole = end.found || (!more && text_.ahead().size() <= kMostRecordBytes);
  if (end.within_quotes) {
    part.broken = fmt::format("{}: a quote is never closed{}", where(name_, part.place.line),
                              whole ? "" : fmt::format(" within {} MiB", kMostRecordBytes >> 20));
    skip_line();
  } else if (!whole) {
    part.broken = fmt::format("{}: is longer than {} MiB", where(name_, part.place.line),
                              kMostRecordBytes >> 20);
    skip_line();
  } else {
    part.text.assign(text_.ahead().substr(0, end.bytes));
    text_.consume(end.next);
  }
  return true;
}

void DelimitedReader::skip_line() {
  while (true) {
    const size_t end = text_.ahead().find('\n');
    const size_t bytes = end == std::string_view::npos ? text_.ahead().size() : end + 1;
    text_.consume(bytes);
    if (end != std::string_view::npos || !text_.want(1)) return;
  }
}

}  // namespace tessera
