// How far a tensor is from what it should be, as one number, and tables of such numbers.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

namespace tessera::testing {

/// max |a - b| / max |b|; plain max |a - b| where b is zero throughout.
template <typename A, typename B>
double worst_error(const A& a, const B& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, size = 0;
  for (size_t i = 0; i < std::min<size_t>(a.size(), b.size()); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (!std::isfinite(x)) return std::numeric_limits<double>::infinity();
    difference = std::max(difference, std::abs(x - y));
    size = std::max(size, std::abs(y));
  }
  return size > 0 ? difference / size : difference;
}

/// |a - b| / |b| in the Euclidean norm: the figure for tensors of rounded numbers.
template <typename A, typename B>
double mean_error(const A& a, const B& b) {
  EXPECT_EQ(a.size(), b.size());
  double difference = 0, size = 0;
  for (size_t i = 0; i < std::min<size_t>(a.size(), b.size()); ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    difference += (x - y) * (x - y);
    size += y * y;
  }
  return std::sqrt(size > 0 ? difference / size : difference);
}

/// Errors by name under one bound: the table expects each to keep the bound, and prints all of them
/// at its end.
class ErrorTable {
 public:
  ErrorTable(std::string title, double bound) : title_(std::move(title)), bound_(bound) {}
  ErrorTable(const ErrorTable&) = delete;
  ErrorTable& operator=(const ErrorTable&) = delete;
  ~ErrorTable() {
    fmt::print("{}: worst {:.1e} ({}), bound {:.0e}\n", title_, worst_, worst_name_, bound_);
    for (const std::string& row : rows_) fmt::print("  {}\n", row);
  }

  void add(const std::string& name, double error) {
    EXPECT_LE(error, bound_) << title_ << ": " << name;
    rows_.push_back(fmt::format("{:.1e} {}", error, name));
    if (!(error <= worst_)) {
      worst_ = error;
      worst_name_ = name;
    }
  }

 private:
  std::string title_;
  double bound_, worst_ = -1;
  std::string worst_name_;
  std::vector<std::string> rows_;
};

}  // namespace tessera::testing
