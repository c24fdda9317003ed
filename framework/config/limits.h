// What a config key's value must satisfy besides its type: a range (of the number, or of the count
// of a duration), and whether the file must state it. Limits are built by the words of this file
// and read as one phrase: `between(1, 64).must()`.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace tessera {

/// No count in a config is larger, so that sums and products of a few cannot overflow.
inline constexpr int64_t kMaxCount = 1'000'000'000'000'000;

struct Limits {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   // `low` itself is not allowed
  bool high_open = false;  // `high` itself is not allowed
  bool is_required = false;
  bool is_fraction = false;  // a part of a whole: `5%` is read as 0.05

  constexpr Limits must() const { return Limits(*this).with(&Limits::is_required); }
  constexpr Limits open_low() const { return Limits(*this).with(&Limits::low_open); }
  constexpr Limits open_high() const { return Limits(*this).with(&Limits::high_open); }
  constexpr Limits below_or(double value) const {
    Limits copy = *this;
    copy.high = value;
    return copy;
  }

  bool allows(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
  /// "1 to 64", "above 0", "at least 0"; empty without limits.
  std::string text() const;

 private:
  constexpr Limits with(bool Limits::*flag) const {
    Limits copy = *this;
    copy.*flag = true;
    return copy;
  }
};

constexpr Limits required() { return Limits{}.must(); }
constexpr Limits between(double low, double high) {
  Limits limits;
  limits.low = low;
  limits.high = high;
  return limits;
}
constexpr Limits at_least(double low) {
  return between(low, std::numeric_limits<double>::infinity());
}
constexpr Limits above(double low) { return at_least(low).open_low(); }
constexpr Limits fraction(double low, double high) {
  Limits limits = between(low, high);
  limits.is_fraction = true;
  return limits;
}

}  // namespace tessera
