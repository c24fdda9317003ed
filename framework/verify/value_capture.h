// ValueCapture: what one rank makes in a step, value by value, as parts of the values of the graph
// that was not cut yet. Given the whole values of another run, it also puts those in place of the
// rank's own, once it has taken a copy: both runs then compute what follows from the same bits.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "framework/passes/partition.h"
#include "framework/runtime/session.h"
#include "framework/verify/whole_value.h"

namespace tessera {

/// Whole values by ValueKey::text.
using WholeValues = std::map<std::string, WholeValue>;

/// A value of a step: the graph, which run of the graph in this step it is (from 0), and the
/// value's name before the graph was cut.
struct ValueKey {
  std::string graph;
  int64_t run = 0;
  std::string name;

  std::string text() const { return fmt::format("{} {} {}", graph, run, name); }
};

struct CapturedPart {
  ValueKey key;
  std::string name;     // its name in the local graph
  std::string made_by;  // its op and where that was built; empty for an input
  TensorType type;      // the whole value's
  LocalValue value;
  std::vector<std::byte> bytes;
};

/// Uploads a rank's part of a whole value. Bytes that are there already are left alone: a message
/// that is under way may be reading them.
void put_part(Session& session, const DeviceTensor& to, const WholeValue& whole,
              const Layout& layout, const Mesh& mesh, int64_t rank);

class ValueCapture {
 public:
  /// `values` is Assembly::values.
  ValueCapture(const Mesh& mesh, int64_t rank, const std::map<std::string, LocalValues>& values)
      : mesh_(mesh), rank_(rank), values_(values) {}

  /// Captures what the session makes until take(); values found in `instead` take the place of its
  /// own.
  void watch(Session& session, const WholeValues* instead);
  std::vector<CapturedPart> take(Session& session);
  /// Names of local values that are no part of a value of the whole graph: what later passes made.
  const std::set<std::string>& others() const { return others_; }

 private:
  void see(Session& session, const Graph& graph, ValueId id, const DeviceTensor& tensor);

  const Mesh& mesh_;
  int64_t rank_;
  const std::map<std::string, LocalValues>& values_;
  const WholeValues* instead_ = nullptr;
  std::map<std::string, int64_t> times_;  // runs so far, by graph and name
  std::set<std::string> others_;
  std::vector<CapturedPart> parts_;
};

}  // namespace tessera
