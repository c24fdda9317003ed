#include "framework/comm/threads.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "framework/comm/busy_time.h"
#include "framework/comm/exchange.h"
#include "framework/comm/self.h"
#include "framework/core/error.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// One collective, from the first rank that starts it to the last that has waited for it.
struct Meeting {
  std::vector<Collective> calls;
  std::vector<bool> arrived;
  int missing = 0, to_wait = 0;
  bool done = false;
  std::string fault;  // why the collective cannot be done
};

/// What the ranks of a group share.
struct Group {
  std::vector<int64_t> ranks;
  std::map<Communicator::Ticket, Meeting> meetings;
};

/// What all ranks share. There is one mutex and one condition for everything, because a world of
/// threads is for tests.
struct Shared {
  std::vector<std::string> hosts;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::vector<int64_t>, Group> groups;
  std::vector<bool> ended;  // ranks whose body is over
  std::vector<BusyTime> busy;
  std::vector<double> blocked;  // seconds
  int working = 0;              // collectives being done right now
  std::optional<std::string> failure;
};

class ThreadsCommunicator final : public Communicator {
 public:
  ThreadsCommunicator(Shared& shared, Group& group, int rank)
      : shared_(shared), group_(group), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_.ranks.size()); }

 private:
  Ticket post(Collective call) override;
  void complete(Ticket ticket) override;
  /// Throws WorldAborted when the run is over, once nobody works on this rank's buffers any more.
  void require_working(std::unique_lock<std::mutex>& lock) const;
  /// A rank of the world that has ended without coming to this meeting; -1 when all may still come.
  int64_t lost(const Meeting& meeting) const;
  void finish(std::unique_lock<std::mutex>& lock, Meeting& meeting);
  double& blocked() { return shared_.blocked[static_cast<size_t>(group_.ranks[size_t(rank_)])]; }

  Shared& shared_;
  Group& group_;
  int rank_;
  Ticket last_ = 0;
  std::set<Ticket> started_;
};

void ThreadsCommunicator::require_working(std::unique_lock<std::mutex>& lock) const {
  if (!shared_.failure) return;
  // Other ranks may be at work on what this rank started; nothing new starts any more.
  shared_.changed.wait(lock, [&] { return shared_.working == 0; });
  throw WorldAborted(*shared_.failure);
}

Communicator::Ticket ThreadsCommunicator::post(Collective call) {
  const auto place = static_cast<size_t>(rank_);
  const auto ranks = static_cast<size_t>(size());
  std::unique_lock lock(shared_.mutex);
  require_working(lock);
  const Ticket ticket = ++last_;
  started_.insert(ticket);
  const Clock::time_point begin = Clock::now();
  shared_.busy[static_cast<size_t>(group_.ranks[place])].begin(begin);
  Meeting& meeting = group_.meetings[ticket];
  if (meeting.calls.empty()) {
    meeting.calls.resize(ranks);
    meeting.arrived.resize(ranks);
    meeting.missing = meeting.to_wait = size();
  }
  meeting.calls[place] = std::move(call);
  meeting.arrived[place] = true;
  if (--meeting.missing == 0) {
    finish(lock, meeting);
    blocked() += since(begin);
  }
  return ticket;
}

void ThreadsCommunicator::finish(std::unique_lock<std::mutex>& lock, Meeting& meeting) {
  ++shared_.working;
  lock.unlock();  // nobody else touches a meeting to which all have come
  meeting.fault = disagreement(meeting.calls);
  if (meeting.fault.empty()) {
    try {
      exchange(meeting.calls);
    } catch (const std::exception& error) {
      meeting.fault = error.what();
    }
  }
  lock.lock();
  --shared_.working;
  meeting.done = true;
  for (const int64_t rank : group_.ranks) shared_.busy[static_cast<size_t>(rank)].end(Clock::now());
  shared_.changed.notify_all();
}

int64_t ThreadsCommunicator::lost(const Meeting& meeting) const {
  for (size_t r = 0; r < group_.ranks.size(); ++r) {
    const auto rank = static_cast<size_t>(group_.ranks[r]);
    if (!meeting.arrived[r] && shared_.ended[rank]) return group_.ranks[r];
  }
  return -1;
}

void ThreadsCommunicator::complete(Ticket ticket) {
  const Clock::time_point begin = Clock::now();
  check(started_.contains(ticket), "ticket {} was not started, or waited for before", ticket);
  std::unique_lock lock(shared_.mutex);
  Meeting& meeting = group_.meetings.at(ticket);
  shared_.changed.wait(lock, [&] { return meeting.done || shared_.failure || lost(meeting) >= 0; });
  if (!meeting.done) {
    require_working(lock);
    internal_error("{}: rank {} has ended and never came", title(meeting.calls[size_t(rank_)]),
                   lost(meeting));
  }
  const std::string fault = meeting.fault;
  if (--meeting.to_wait == 0) group_.meetings.erase(ticket);
  blocked() += since(begin);
  started_.erase(ticket);
  if (!fault.empty()) throw InternalError(fault);
}

class ThreadsWorld final : public World {
 public:
  ThreadsWorld(Shared& shared, int rank) : shared_(shared), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(shared_.hosts.size()); }
  const std::vector<std::string>& hosts() const override { return shared_.hosts; }
  Communicator& group(std::span<const int64_t> ranks) override;
  void give_up(std::string_view reason) override;
  Times times() const override;

 private:
  Shared& shared_;
  int rank_;
  std::map<std::vector<int64_t>, std::unique_ptr<Communicator>> groups_;
};

Communicator& ThreadsWorld::group(std::span<const int64_t> ranks) {
  std::vector<int64_t> key(ranks.begin(), ranks.end());
  const auto place = std::ranges::find(key, int64_t{rank_});
  check(place != key.end(), "rank {} asks for a group that it is not in", rank_);
  for (const int64_t rank : key)
    check(rank >= 0 && rank < size(), "a group with rank {} in a world of {}", rank, size());
  std::unique_ptr<Communicator>& group = groups_[key];
  if (group) return *group;
  const std::lock_guard lock(shared_.mutex);
  Group& shared = shared_.groups[key];
  if (shared.ranks.empty()) shared.ranks = key;
  group =
      std::make_unique<ThreadsCommunicator>(shared_, shared, static_cast<int>(place - key.begin()));
  return *group;
}

void ThreadsWorld::give_up(std::string_view reason) {
  std::unique_lock lock(shared_.mutex);
  if (!shared_.failure)
    shared_.failure = fmt::format("rank {} ({}) failed: {}", rank_,
                                  shared_.hosts[static_cast<size_t>(rank_)], reason);
  shared_.changed.notify_all();
  shared_.changed.wait(lock, [&] { return shared_.working == 0; });
}

World::Times ThreadsWorld::times() const {
  const std::lock_guard lock(shared_.mutex);
  const auto rank = static_cast<size_t>(rank_);
  return {shared_.busy[rank].seconds(Clock::now()), shared_.blocked[rank]};
}

}  // namespace

void run_threads(int ranks, const std::function<void(World&)>& body) {
  Shared shared;
  shared.hosts.assign(static_cast<size_t>(ranks), host_name());
  shared.ended.assign(static_cast<size_t>(ranks), false);
  shared.busy.resize(static_cast<size_t>(ranks));
  shared.blocked.resize(static_cast<size_t>(ranks));
  // The first failure, and the first word of one on another rank, which may be kept sooner.
  std::exception_ptr first, aborted;
  std::mutex first_mutex;
  const auto keep = [&](std::exception_ptr& place) {
    const std::lock_guard lock(first_mutex);
    if (!place) place = std::current_exception();
  };
  std::vector<std::thread> threads;
  for (int rank = 0; rank < ranks; ++rank) {
    threads.emplace_back([&, rank] {
      share_pool();
      ThreadsWorld world(shared, rank);
      try {
        body(world);
      } catch (const WorldAborted& error) {
        keep(aborted);
        world.give_up(error.what());
      } catch (const std::exception& error) {
        keep(first);
        world.give_up(error.what());
      } catch (...) {
        keep(first);
        world.give_up("an unknown exception");
      }
      const std::lock_guard lock(shared.mutex);
      shared.ended[static_cast<size_t>(rank)] = true;
      shared.changed.notify_all();
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
  if (aborted) std::rethrow_exception(aborted);
}

}  // namespace tessera
