#include "framework/comm/beat.h"

#include <charconv>

#include "framework/core/error.h"

namespace tessera {
namespace {

template <typename T>
T number(std::string_view field) {
  T value{};
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  check(error == std::errc() && end == field.data() + field.size(), "no number: '{}'", field);
  return value;
}

}  // namespace

std::string to_line(const Beat& beat) {
  std::string line = fmt::format("beat\t{}\t{}\t{}\t{}\t{}\t{}", beat.group, beat.ticket,
                                 to_field(beat.title), beat.waiting, beat.finished, beat.blocked);
  for (const Beat::Group& group : beat.groups)
    line += fmt::format("\t{}\t{}\t{}", group.number, group.started, group.finished);
  return line;
}

Beat parse_beat(std::string_view line) {
  const std::vector<std::string_view> fields = fields_of(line);
  check(fields.size() >= 7 && (fields.size() - 7) % 3 == 0 && fields[0] == "beat", "no beat: '{}'",
        line);
  Beat beat{.group = number<uint64_t>(fields[1]),
            .ticket = number<int64_t>(fields[2]),
            .title = from_field(fields[3]),
            .waiting = number<double>(fields[4]),
            .finished = number<int64_t>(fields[5]),
            .blocked = number<double>(fields[6])};
  for (size_t i = 7; i < fields.size(); i += 3)
    beat.groups.push_back({number<uint64_t>(fields[i]), number<int64_t>(fields[i + 1]),
                           number<int64_t>(fields[i + 2])});
  return beat;
}

std::string to_field(std::string_view text) {
  std::string field;
  for (const char c : text) {
    switch (c) {
      case '\\':
        field += "\\\\";
        break;
      case '\t':
        field += "\\t";
        break;
      case '\n':
        field += "\\n";
        break;
      default:
        field += c;
    }
  }
  return field;
}

std::string from_field(std::string_view field) {
  std::string text;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 1 == field.size()) {
      text += field[i];
      continue;
    }
    const char c = field[++i];
    text += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return text;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (size_t begin = 0; begin <= line.size();) {
    const size_t end = std::min(line.find('\t', begin), line.size());
    fields.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return fields;
}

int64_t integer_of(std::string_view field) { return number<int64_t>(field); }

}  // namespace tessera
