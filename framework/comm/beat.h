// What a rank tells rank 0 about itself every second, and its form on the wire: a line of text
// whose fields are separated by tabs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct Beat {
  /// The collective that has held the program up longest: its group (0 when the program waits for
  /// none), its number in the group, counted from 1, its title, and the seconds waited so far.
  uint64_t group = 0;
  int64_t ticket = 0;
  std::string title = {};
  double waiting = 0;
  /// How many collectives the rank has started and finished in each of its groups.
  struct Group {
    uint64_t number = 0;
    int64_t started = 0, finished = 0;
    bool operator==(const Group&) const = default;
  };
  std::vector<Group> groups = {};
  /// Collectives done so far, and seconds that the program has waited for collectives.
  int64_t finished = 0;
  double blocked = 0;

  bool operator==(const Beat&) const = default;
};

std::string to_line(const Beat& beat);
/// Throws InternalError when `line` is no beat.
Beat parse_beat(std::string_view line);

/// to_field writes any text as one field of a line, and from_field reads the text back.
std::string to_field(std::string_view text);
std::string from_field(std::string_view field);
std::vector<std::string_view> fields_of(std::string_view line);
/// The integer in a field; throws InternalError when the field holds none.
int64_t integer_of(std::string_view field);

}  // namespace tessera
