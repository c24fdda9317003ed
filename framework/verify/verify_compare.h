// VerifyComparison: what verify finds when it holds the values of a step on one mesh against those
// on another.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "framework/assembly/assemble.h"
#include "framework/verify/value_capture.h"
#include "framework/verify/verify.h"

namespace tessera {

/// One of the two runs: its config, its graphs before they are cut, and what became of their
/// values.
class VerifySide {
 public:
  VerifySide(const Models& models, const Config& config, int64_t vocab);

  const Config& config() const { return config_; }
  const Mesh& mesh() const { return assembly_.mesh; }
  const std::map<std::string, LocalValues>& values() const { return values_; }
  /// A graph before it was cut.
  const Graph& graph(const std::string& name) const { return sources_.at(name); }
  LocalValue state(const State& state) const;
  /// The layout in which users find a value; null when it is no value of the graph.
  const Layout* kept(const std::string& graph, const std::string& name) const;
  /// The types in which addends of sums travelled, by the name of the sum.
  const std::map<std::string, DType>& wires(const std::string& graph) const;
  /// The kind of a value: activations, gradients, updates, inputs or states.
  std::string kind(const ValueKey& key) const;

 private:
  const Config config_;
  std::map<std::string, LocalValues> values_;  // by graph
  Assembly assembly_;
  std::map<std::string, Graph> sources_;
  std::map<std::string, std::set<std::string>> forward_;  // values that the loss is made from
  std::map<std::string, std::map<std::string, Layout>> kept_;
  std::map<std::string, std::map<std::string, DType>> wires_;
};

class VerifyComparison {
 public:
  using Parts = std::vector<std::vector<CapturedPart>>;  // one list per rank

  VerifyComparison(const VerifySide& first, const VerifySide& second, VerifyReport& report)
      : first_(first), second_(second), report_(report) {}

  /// The whole values of a step on the first mesh, whose copies must be equal.
  WholeValues gather_first(int64_t step, const Parts& parts);
  void compare(int64_t step, const Parts& parts, const WholeValues& known);

 private:
  void find(std::string text);
  Gathered gathered(const Parts& parts, size_t at, const VerifySide& side) const;
  void compare_one(int64_t step, const CapturedPart& part, const Gathered& own,
                   const WholeValue& other, double allowed);
  void report_copies(int64_t step, const VerifySide& side, const CapturedPart& part,
                     const Parts& parts, size_t at, const DifferentCopies& copies);
  void count_uncompared(const Parts& parts, const WholeValues& known);

  const VerifySide &first_, &second_;
  VerifyReport& report_;
  std::map<std::string, std::set<std::string>> names_;  // compared names, by kind
  std::set<std::string> retyped_;  // names that have another type on either side
};

}  // namespace tessera
