#include "framework/comm/progress.h"

#include "framework/core/error.h"

namespace tessera {
namespace {

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

Communicator::Ticket Tickets::start(std::string title) {
  open_[++started_] = {std::move(title), Clock::now()};
  return started_;
}

void Tickets::finish(int count) {
  const auto now = Clock::now();
  for (; count > 0; --count) times_.total += seconds(now - open_.at(++finished_).begin);
}

void Tickets::wait(Communicator::Ticket ticket) {
  std::unique_lock lock(progress_.mutex);
  const auto entry = open_.find(ticket);
  check(entry != open_.end(), "ticket {} was not started, or waited for before", ticket);
  if (finished_ < ticket) {
    const auto begin = Clock::now();
    progress_.changed.wait(lock, [&] { return finished_ >= ticket || progress_.failure; });
    times_.blocked += seconds(Clock::now() - begin);
  }
  if (finished_ < ticket) progress_.require_working();
  open_.erase(entry);
}

Communicator::Times Tickets::times() const {
  const std::lock_guard lock(progress_.mutex);
  return times_;
}

}  // namespace tessera
