// Rows of a table whose labels all replicas tell together: rank 0 reads them and has the results,
// in their order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "framework/core/class_figures.h"
#include "framework/data/table_reader.h"
#include "framework/train/predictor.h"

namespace tessera {

/// The texts of a table and, where it has them, their labels.
class RowsToTell {
 public:
  /// Opens `file`, which must have the columns of the texts, and that of the labels if the figures
  /// are what is wanted: then a label that the model does not know is an error, too.
  RowsToTell(const std::string& file, const TaskConfig& task, bool for_figures);

  bool labelled() const { return labelled_; }
  /// The next rows, `most` at most, packed for the other ranks; appends the number of the label of
  /// each to `truths`, or kUnknown.
  std::string next(size_t most, std::vector<int32_t>& truths);

  static constexpr int32_t kUnknown = -1;

 private:
  int32_t number_of(const std::string& label) const;

  TableReader table_;
  const TaskConfig task_;
  const bool for_figures_, labelled_;
};

/// How good what was told is.
class Score {
 public:
  void add(int32_t truth, const ToldLabel& told);

  const ClassFigures& figures() const { return figures_; }
  /// The mean of the losses.
  double loss() const { return known_ > 0 ? losses_ / static_cast<double>(known_) : 0; }
  size_t known() const { return known_; }
  size_t unknown() const { return unknown_; }

 private:
  ClassFigures figures_;
  double losses_ = 0;
  size_t known_ = 0, unknown_ = 0;
};

struct ToldRows {
  size_t rows = 0;
  size_t cut = 0;  // texts that were cut to the length of the model's
  Score score;
};

/// Tells the labels of all rows; all ranks call it together. Rank 0 alone has `rows`, a null
/// pointer elsewhere, and gets what is told: `take` is called for each row, `flush` after some of
/// them.
ToldRows tell_rows(Predictor& predictor, const Replica& replica, RowsToTell* rows,
                   const std::string& file, const std::function<void(const ToldLabel&)>& take,
                   const std::function<void()>& flush);

/// "N of M texts were cut to L tokens (task.max_length)"; empty where none was.
std::string cut_text(const ToldRows& told, const Predictor& predictor);

}  // namespace tessera
