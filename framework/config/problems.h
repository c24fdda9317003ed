// All that is wrong with one config, collected so that the user meets every error at once; thrown
// as one UserError.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Where a text stands in its file, counted from 1; line 0 is "no place".
struct TextPlace {
  int line = 0;
  int column = 0;
  bool operator==(const TextPlace&) const = default;
};

class Problems {
 public:
  explicit Problems(std::string source) : source_(std::move(source)) {}

  /// Adds "source:line:column: message".
  void at(TextPlace place, std::string_view message);
  /// Adds a problem of the command line: "--set a.b=v: message".
  void in_set(std::string_view set, std::string_view message);

  bool empty() const { return found_.empty(); }
  /// Throws the UserError that lists everything found, in the order of the file; does nothing when
  /// nothing was found.
  void throw_if_any() const;

 private:
  struct Found {
    TextPlace place;
    std::string text;
  };
  std::string source_;
  std::vector<Found> found_;
};

}  // namespace tessera
