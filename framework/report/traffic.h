// traffic: the collectives of a graph of one rank: how many, how many bytes, along which mesh axis. Counted from the nodes
// before anything runs; a session counts the same while it runs, and both agree to the byte.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

/// What one collective exchanges. `bytes`: of the whole message, all ranks' parts together, in the dtype that travels: what
/// all_reduce, reduce_scatter and all_to_all take and all_gather gives.
struct Exchange {
  std::string kind, axis;
  int64_t ranks = 1;
  int64_t bytes = 0;
  std::vector<int64_t> pieces = {};  // bytes of each tensor in it
};

/// Of a collective node, also of one that is waited for apart; none of any other.
std::optional<Exchange> exchange_of(const Graph& graph, const Node& node);

/// Bytes that one rank sends for a message of `bytes`, in the best known algorithms (ring or pairwise exchange; Thakur,
/// Rabenseifner and Gropp 2005): (n-1)/n of it, all_reduce twice that, so that a sum that ends split costs half.
double bytes_sent(const std::string& kind, int64_t ranks, int64_t bytes);

class Traffic {
 public:
  struct Count {
    int64_t ranks = 1, calls = 0, bytes = 0;
    bool operator==(const Count&) const = default;
  };

  void add(const Exchange& exchange, int64_t calls = 1);
  void add(const Traffic& other, int64_t times = 1);

  /// By axis and kind.
  const std::map<std::pair<std::string, std::string>, Count>& counts() const { return counts_; }
  Count count(const std::string& axis, const std::string& kind) const;
  int64_t calls() const;
  /// Sent by one rank along the axis, or along all.
  double sent(const std::string& axis = "") const;

  /// Where a kernel counts what it does: calls and bytes. It stays where it is.
  Count& counter(const Exchange& exchange);
  /// What has been added to `before`; rows without any calls are left out.
  Traffic since(const Traffic& before) const;

  bool operator==(const Traffic& other) const { return counts_ == other.counts_; }

 private:
  std::map<std::pair<std::string, std::string>, Count> counts_;
};

Traffic traffic_of(const Graph& graph);

/// A table: axis, kind, calls, bytes sent.
std::string to_string(const Traffic& traffic);

}  // namespace tessera
