// What a rank tells rank 0 about itself every second, and its form on the wire: a line of text, fields parted by tabs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct Beat {
  /// The collective that the program waits for longest: its group (0: it waits for none), which of the group's it is,
  /// counted from 1, what it is called, and since how many seconds.
  uint64_t group = 0;
  int64_t ticket = 0;
  std::string title = {};
  double waiting = 0;
  /// How many collectives it has started and finished in each of its groups.
  struct Group {
    uint64_t number = 0;
    int64_t started = 0, finished = 0;
    bool operator==(const Group&) const = default;
  };
  std::vector<Group> groups = {};
  /// Collectives done so far, and seconds that the program has waited for them.
  int64_t finished = 0;
  double blocked = 0;

  bool operator==(const Beat&) const = default;
};

std::string to_line(const Beat& beat);
/// InternalError when it is no such line.
Beat parse_beat(std::string_view line);

/// Any text as one field of a line, and back.
std::string to_field(std::string_view text);
std::string from_field(std::string_view field);
std::vector<std::string_view> fields_of(std::string_view line);
/// InternalError when it is no number.
int64_t integer_of(std::string_view field);

}  // namespace tessera
