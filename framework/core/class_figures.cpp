#include "framework/core/class_figures.h"

#include <cmath>

namespace tessera {
namespace {

/// What is counted of one class.
struct ClassCounts {
  double truth = 0, predicted = 0, hits = 0;
};

}  // namespace

NamedNumbers ClassFigures::figures() const {
  std::map<int64_t, ClassCounts> classes;
  double all = 0, hits = 0;
  for (const auto& [pair, count] : counts_) {
    if (count == 0) continue;
    const auto [truth, predicted] = pair;
    classes[truth].truth += count;
    classes[predicted].predicted += count;
    if (truth == predicted) classes[truth].hits += count;
    hits += truth == predicted ? count : 0;
    all += count;
  }
  if (all == 0) return {{"accuracy", 0}, {"macro_f1", 0}, {"micro_f1", 0}, {"matthews", 0}};
  double f1 = 0, agreed = 0, truth_squared = 0, predicted_squared = 0;
  for (const auto& [name, c] : classes) {
    f1 += 2 * c.hits / (c.truth + c.predicted);
    agreed += c.truth * c.predicted;
    truth_squared += c.truth * c.truth;
    predicted_squared += c.predicted * c.predicted;
  }
  const double scale = std::sqrt((all * all - truth_squared) * (all * all - predicted_squared));
  return {{"accuracy", hits / all},
          {"macro_f1", f1 / static_cast<double>(classes.size())},
          {"micro_f1", hits / all},
          {"matthews", scale > 0 ? (hits * all - agreed) / scale : 0}};
}

}  // namespace tessera
