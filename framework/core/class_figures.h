// ClassFigures: how good predictions of classes are, from the counts of (true class, predicted
// class).
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "framework/core/evaluation.h"

namespace tessera {

class ClassFigures {
 public:
  void add(int64_t truth, int64_t predicted, double count = 1) {
    counts_[{truth, predicted}] += count;
  }
  const std::map<std::pair<int64_t, int64_t>, double>& counts() const { return counts_; }

  /// accuracy; macro_f1, the mean of F1 = 2·hits / (true + predicted) over the classes that occur
  /// or are predicted; micro_f1, F1 of all hits together, which is the accuracy where each text has
  /// one label; matthews, the correlation of Matthews in its form for many classes (Gorodkin 2004).
  /// All are as scikit-learn's. Without a prediction they are 0.
  NamedNumbers figures() const;

 private:
  std::map<std::pair<int64_t, int64_t>, double> counts_;
};

}  // namespace tessera
