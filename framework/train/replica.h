// Replica: the ranks of a mesh that hold one whole model together, split by tensor parallelism. The
// ranks along dp hold replicas, which share the texts out among themselves: each reads or continues
// texts of its own, and what comes out is collected at rank 0.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/comm/part_world.h"
#include "framework/config/config.h"
#include "framework/runtime/fit.h"
#include "framework/train/packed_text.h"

namespace tessera {

class Replica {
 public:
  /// The only one, of one rank.
  Replica() = default;
  /// The replica that this rank is in. `mesh` is that of all ranks of `world`, or of one rank where
  /// there is none.
  Replica(const Mesh& mesh, World* world);

  /// This rank's place in the replica.
  MeshPlace place() const { return {mesh_, rank_, part_.get()}; }
  int64_t number() const { return number_; }
  int64_t count() const { return count_; }
  /// Ranks of all replicas that run on the host of this one.
  int64_t sharers() const { return sharers_; }
  /// Whether this rank gives the replica's results.
  bool speaks() const { return rank_ == 0; }
  /// Whether this rank collects all results.
  bool leads() const { return rank_ == 0 && number_ == 0; }

  /// Rank 0's text, on all ranks.
  std::string share(std::string text) const;
  /// Rank 0's lists of numbers, on all ranks.
  template <typename T>
  std::vector<std::vector<T>> share_lists(std::vector<std::vector<T>> lists) const {
    if (!world_) return lists;
    PackedText text;
    for (const auto& list : lists) text.add_numbers(std::span<const T>(list));
    UnpackedText all(share(std::move(text).text()));
    if (leads()) return lists;
    lists.clear();
    while (!all.ended()) lists.push_back(all.numbers<T>());
    return lists;
  }
  /// The texts that the replicas' speaking ranks give, by replica, at rank 0; nothing on other
  /// ranks. All ranks call it together.
  std::vector<std::string> collect(std::string text) const;

 private:
  Mesh mesh_ = {};
  World* world_ = nullptr;
  std::shared_ptr<PartWorld> part_;
  int64_t rank_ = 0, number_ = 0, count_ = 1, sharers_ = 1;
};

/// The config of one replica of a config's mesh, without what only training has.
Config of_replica(Config config);

/// Compiles a program that a replica runs, and checks that it fits the machine (UserError);
/// `settings` are those that could be changed to save memory.
Compiled compile_for(const Replica& replica, Program program, const Device& device,
                     const Config& config, FitSettings settings = {});

/// Gives the result of one item.
using GiveResult = std::function<void(size_t number, std::string result)>;

/// Shares items 0 to `count` out among the replicas, in turns of `at_a_time` for each, and hands
/// the results to `take` at rank 0: in the order in which they are given where there is one
/// replica, otherwise in the items' order after each turn. `work` is called with the numbers of a
/// replica's own items, on all of its ranks, and gives each of them a result; only what its
/// speaking rank gives counts. All ranks call it together.
void share_out(const Replica& replica, size_t count, size_t at_a_time,
               const std::function<void(std::span<const size_t> numbers, const GiveResult&)>& work,
               const GiveResult& take);

}  // namespace tessera
