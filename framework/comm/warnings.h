// Warnings of the ranks on their way to the screen: what several say alike within a second is one line that names them.
// No clock of its own: times are seconds that it is given.
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
  /// Lines to print, in the order in which they were first said: those that have waited for others, or all.
  std::vector<std::string> take(double now = std::numeric_limits<double>::infinity());

 private:
  struct Said {
    std::string text;
    double first = 0;  // when
    std::set<int> ranks;
  };

  std::string line(const Said& said) const;

  std::vector<std::string> hosts_;
  std::vector<Said> said_;
};

}  // namespace tessera
