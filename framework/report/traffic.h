// traffic: the collectives of a graph of one rank: how many, how many bytes, along which mesh axis.
// They are counted from the nodes before anything runs; a session counts while it runs, and both
// counts agree to the byte.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

/// What one collective exchanges. `bytes` is the size of the whole message, all ranks' parts
/// together, in the dtype that travels: what all_reduce, reduce_scatter and all_to_all take and
/// all_gather gives.
struct Exchange {
  std::string kind, axis;
  int64_t ranks = 1;
  int64_t bytes = 0;
  std::vector<int64_t> pieces = {};  // bytes of each tensor in the message
};

/// The exchange of a collective node, also of one that is waited for apart; nullopt for any other
/// node.
std::optional<Exchange> exchange_of(const Graph& graph, const Node& node);

/// Bytes that one rank sends for a message of `bytes`, in the best known algorithms (ring or
/// pairwise exchange; Thakur, Rabenseifner and Gropp 2005): (n-1)/n of the message, and twice that
/// for all_reduce, so that a sum that ends split costs half.
double bytes_sent(const std::string& kind, int64_t ranks, int64_t bytes);

class Traffic {
 public:
  struct Count {
    int64_t ranks = 1, calls = 0, bytes = 0;
    bool operator==(const Count&) const = default;
  };

  void add(const Exchange& exchange, int64_t calls = 1);
  void add(const Traffic& other, int64_t times = 1);

  /// Counts by axis and kind.
  const std::map<std::pair<std::string, std::string>, Count>& counts() const { return counts_; }
  Count count(const std::string& axis, const std::string& kind) const;
  int64_t calls() const;
  /// Bytes that one rank sends along the axis, or along all axes when the name is empty.
  double sent(const std::string& axis = "") const;

  /// The row in which a kernel counts calls and bytes while it runs. The row stays where it is.
  Count& counter(const Exchange& exchange);
  /// What has been added since `before` was taken; rows without any calls are left out.
  Traffic since(const Traffic& before) const;

  bool operator==(const Traffic& other) const { return counts_ == other.counts_; }

 private:
  std::map<std::pair<std::string, std::string>, Count> counts_;
};

Traffic traffic_of(const Graph& graph);

/// A table: axis, kind, calls, bytes sent.
std::string to_string(const Traffic& traffic);

}  // namespace tessera
