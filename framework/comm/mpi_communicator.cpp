#include "framework/comm/mpi_communicator.h"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

#include "framework/comm/mpi_world.h"

namespace tessera {
namespace {

uint64_t group_number(std::span<const int64_t> ranks) {
  uint64_t hash = 0;
  for (const int64_t rank : ranks) {
    hash = (hash + static_cast<uint64_t>(rank) + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 29)) * 0x94d049bb133111ebu;
    hash ^= hash >> 32;
  }
  return hash | 1;  // 0 stands for no group
}

}  // namespace

MpiCommunicator::MpiCommunicator(MpiWorld& world, std::vector<int64_t> ranks)
    : world_(world),
      ranks_(std::move(ranks)),
      rank_(static_cast<int>(std::ranges::find(ranks_, int64_t{world.rank_}) - ranks_.begin())),
      number_(group_number(ranks_)),
      tickets_(world.progress_) {
  std::vector<SharedSegment*> segments;
  for (const int64_t rank : ranks_) {
    const auto neighbour = world.neighbours_.find(rank);
    if (rank == world.rank_) {
      segments.push_back(&world.own_);
    } else if (neighbour != world.neighbours_.end()) {
      segments.push_back(&neighbour->second);
    }
  }
  if (segments.size() == ranks_.size()) {
    shared_.emplace(std::move(segments), rank_, number_);
  } else {
    messages_.emplace(world.communicator_, std::vector<int>(ranks_.begin(), ranks_.end()), rank_,
                      world.tag_of(number_));
  }
}

Communicator::Ticket MpiCommunicator::post(Collective call) {
  Ticket ticket = 0;
  {
    const std::lock_guard lock(world_.progress_.mutex);
    world_.progress_.require_working();
    ticket = tickets_.start(title(call));
    started_.push_back(std::move(call));
  }
  world_.own_.ring();
  return ticket;
}

void MpiCommunicator::take_started() {
  for (Collective& call : started_) {
    if (shared_) {
      shared_->start(std::move(call));
    } else {
      messages_->start(std::move(call));
    }
  }
  started_.clear();
}

bool MpiCommunicator::advance() {
  const bool moved = shared_ ? shared_->advance() : messages_->advance();
  const int finished = shared_ ? shared_->take_finished() : messages_->take_finished();
  if (finished > 0) {
    const std::lock_guard lock(world_.progress_.mutex);
    tickets_.finish(finished);
    world_.progress_.changed.notify_all();
  }
  return moved;
}

}  // namespace tessera
