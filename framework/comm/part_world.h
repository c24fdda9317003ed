// PartWorld: some ranks of a world as a world of their own.
#pragma once

#include "framework/comm/communicator.h"

namespace tessera {

class PartWorld final : public World {
 public:
  /// `ranks` are those of `whole`, in the order that they have here; this rank is one of them.
  /// `whole` must stay.
  PartWorld(World& whole, std::vector<int64_t> ranks);

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(ranks_.size()); }
  const std::vector<std::string>& hosts() const override { return hosts_; }
  Communicator& group(std::span<const int64_t> ranks) override;
  /// Gives up the whole world.
  void give_up(std::string_view reason) override { whole_.give_up(reason); }
  Times times() const override { return whole_.times(); }
  std::optional<Verdict> verdict() const override { return whole_.verdict(); }

 private:
  World& whole_;
  std::vector<int64_t> ranks_;
  int rank_ = 0;
  std::vector<std::string> hosts_;
};

}  // namespace tessera
