// Warnings of the ranks on their way to the screen: a text that several ranks say within a second
// becomes one line that names these ranks. Warnings has no clock of its own: its callers give it
// times in seconds.
#pragma once

#include <limits>
#include <set>
#include <string>
#include <vector>

namespace tessera {

class Warnings {
 public:
  explicit Warnings(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {}

  void add(int rank, std::string text, double now);
  /// Takes the lines to print, in the order in which they were first said: those that have waited a
  /// second for other ranks to say them too, or all without `now`.
  std::vector<std::string> take(double now = std::numeric_limits<double>::infinity());

 private:
  struct Said {
    std::string text;
    double first = 0;  // when it was first said
    std::set<int> ranks;
  };

  std::string line(const Said& said) const;

  std::vector<std::string> hosts_;
  std::vector<Said> said_;
};

}  // namespace tessera
