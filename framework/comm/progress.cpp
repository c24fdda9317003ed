#include "framework/comm/progress.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

/// How long the thread that exchanges may take to stop: less than the time that other ranks wait
/// for this rank's last words.
constexpr std::chrono::seconds kPatience{1};

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

void Progress::fail(std::string_view reason) {
  const std::lock_guard lock(mutex);
  if (!failure) failure = reason;
  changed.notify_all();
}

void Progress::require_working() const {
  if (failure) throw WorldAborted(*failure);
}

void Progress::wait_until_stopped(std::unique_lock<std::mutex>& lock) {
  if (changed.wait_for(lock, kPatience, [&] { return stopped; })) return;
  if (stuck) {
    lock.unlock();
    stuck();
    lock.lock();
  }
  changed.wait(lock, [&] { return stopped; });
}

Communicator::Ticket Tickets::start(std::string title) {
  open_[++started_] = std::move(title);
  progress_.busy.begin(Clock::now());
  return started_;
}

void Tickets::finish(int count) {
  const auto now = Clock::now();
  for (; count > 0; --count, ++finished_) progress_.busy.end(now);
}

void Tickets::wait(Communicator::Ticket ticket) {
  std::unique_lock lock(progress_.mutex);
  const auto entry = open_.find(ticket);
  check(entry != open_.end(), "ticket {} was not started, or waited for before", ticket);
  if (finished_ < ticket) {
    waited_for_ = ticket;
    waiting_since_ = Clock::now();
    progress_.changed.wait(lock, [&] { return finished_ >= ticket || progress_.failure; });
    progress_.blocked += seconds(Clock::now() - waiting_since_);
    waited_for_ = 0;
  }
  if (finished_ < ticket) {
    progress_.wait_until_stopped(lock);  // the caller may free its buffers now
    progress_.require_working();
  }
  open_.erase(entry);
}

void Tickets::report(uint64_t group, Beat& beat) const {
  beat.groups.push_back({group, started_, finished_});
  beat.finished += finished_;
  if (waited_for_ == 0 || finished_ >= waited_for_) return;
  const double waiting = seconds(Clock::now() - waiting_since_);
  beat.blocked += waiting;
  if (beat.group != 0 && beat.waiting >= waiting) return;
  // Collectives end in order, so the oldest one under way holds up the one that is waited for.
  const Communicator::Ticket oldest = finished_ + 1;
  beat.group = group;
  beat.ticket = oldest;
  beat.title = open_.at(oldest);
  beat.waiting = waiting;
}

}  // namespace tessera
