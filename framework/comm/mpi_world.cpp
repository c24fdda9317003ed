#include "framework/comm/mpi_world.h"

#include <algorithm>
#include <exception>
#include <random>

#include "framework/comm/self.h"
#include "framework/core/error.h"
#include "framework/core/log.h"
#include "framework/core/thread.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

/// Sleeps of the progress thread. No bell rings for messages: while some are under way, the thread
/// looks for them after each short nap.
constexpr int64_t kNap = 50'000, kLongNap = 200'000'000;  // ns
// The longest nap while messages are under way. On a slow link a message takes milliseconds, and
// looking every 50 us would take a third of a core from the program. Half a millisecond of a
// gigabit link fits into a socket's buffer; on a fast link messages come before naps grow.
constexpr int64_t kLongestLook = 500'000;  // ns

}  // namespace

MpiWorld::MpiWorld(const MpiOptions& options)
    : own_(SharedSegment::create(std::random_device{}() | uint64_t{1} << 32)),
      thread_(start_thread([this, options] { run(options); })) {
  std::unique_lock lock(progress_.mutex);
  if (options.stuck) progress_.stuck = [this, options] { options.stuck(*verdict()); };
  progress_.changed.wait(lock, [&] { return ready_ || progress_.failure; });
  if (ready_) return;
  lock.unlock();
  thread_.join();
  throw UserError(*progress_.failure);
}

MpiWorld::~MpiWorld() {
  if (std::uncaught_exceptions() > 0) give_up("an exception ended the run");
  std::unique_lock lock(progress_.mutex);
  stopping_ = true;
  own_.ring();
  progress_.changed.wait(lock, [&] { return progress_.stopped || progress_.failure; });
  progress_.wait_until_stopped(lock);
  lock.unlock();
  thread_.join();
  close_control();  // the channel's thread looks at the other members
}

Communicator& MpiWorld::group(std::span<const int64_t> ranks) {
  std::vector<int64_t> key(ranks.begin(), ranks.end());
  check(std::ranges::find(key, int64_t{rank_}) != key.end(),
        "rank {} asks for a group that it is not in", rank_);
  for (const int64_t rank : key)
    check(rank >= 0 && rank < size_, "a group with rank {} in a world of {}", rank, size_);
  std::unique_ptr<Communicator>& group = groups_[key];
  if (group) return *group;
  if (key.size() == 1) {
    group = std::make_unique<SelfCommunicator>();
    return *group;
  }
  auto made = std::make_unique<MpiCommunicator>(*this, key);
  {
    const std::lock_guard lock(progress_.mutex);
    new_groups_.push_back(made.get());
    all_groups_.push_back(made.get());
  }
  control_->group(made->number(), key);
  group = std::move(made);
  return *group;
}

int MpiWorld::tag_of(uint64_t number) {
  // The tag follows from the number, so ranks need not meet to agree on it. Two groups with the
  // same tag are next to impossible, and are found.
  constexpr int tags = MpiMessages::kTags;
  const int tag = static_cast<int>((number >> 1) % (last_tag_ / tags)) * tags;
  check(tags_.insert(tag).second, "two groups have the tag {}", tag);
  return tag;
}

void MpiWorld::fail(std::string_view reason) {
  progress_.fail(reason);
  {
    const std::lock_guard lock(failing_);
    own_.fail(reason);
  }
  for (const auto& [rank, neighbour] : neighbours_) neighbour.ring();
  own_.ring();
}

std::string MpiWorld::named(std::string_view reason) const {
  return fmt::format("rank {} ({}) failed: {}", rank_, hosts_[static_cast<size_t>(rank_)], reason);
}

void MpiWorld::give_up(std::string_view reason) {
  bool first = false;
  {
    const std::lock_guard lock(progress_.mutex);
    first = !progress_.failure;
  }
  if (first) {
    fail(named(reason));
    if (control_) control_->fail(named(reason));
  }
  // The progress thread touches buffers until it has seen the failure.
  std::unique_lock lock(progress_.mutex);
  progress_.wait_until_stopped(lock);
}

World::Times MpiWorld::times() const {
  const std::lock_guard lock(progress_.mutex);
  return {progress_.busy.seconds(std::chrono::steady_clock::now()), progress_.blocked};
}

std::optional<World::Verdict> MpiWorld::verdict() const {
  std::string cause;
  {
    const std::lock_guard lock(progress_.mutex);
    if (!progress_.failure) return std::nullopt;
    cause = *progress_.failure;
  }
  return Verdict{cause, rank_ == 0 || (control_ && control_->told_by_leader())};
}

Beat MpiWorld::beat() {
  Beat beat;
  const std::lock_guard lock(progress_.mutex);
  beat.blocked = progress_.blocked;
  for (const MpiCommunicator* group : all_groups_) group->report(beat);
  return beat;
}

void MpiWorld::close_control() {
  log::relay_warnings(nullptr);
  control_.reset();
}

void MpiWorld::run(const MpiOptions& options) {
  try {
    begin(options);
    {
      const std::lock_guard lock(progress_.mutex);
      ready_ = true;
      progress_.changed.notify_all();
    }
    make_progress();
    end();
  } catch (const WorldAborted& error) {
    fail(error.what());
  } catch (const std::exception& error) {
    if (ready_) {
      fail(named(error.what()));
      if (control_) control_->fail(named(error.what()));
    } else {
      progress_.fail(error.what());
    }
  }
  {
    const std::lock_guard lock(progress_.mutex);
    progress_.stopped = true;
    progress_.changed.notify_all();
  }
  // Ends the process now: the program may compute for longer than MPI lets the process live.
  if (orphaned() && progress_.stuck && verdict()) progress_.stuck();
}

bool MpiWorld::orphaned() const { return getppid() != parent_; }

void MpiWorld::look_for_failures() {
  for (const auto& [rank, neighbour] : neighbours_)
    if (const auto failure = neighbour.failure()) throw WorldAborted(*failure);
}

void MpiWorld::make_progress() {
  // Where cores are free, looking again is faster than being woken.
  const int patience = available_cores() > 1 ? 200 : 1;
  int quiet = 0;
  int64_t nap = kNap;
  for (;;) {
    const uint32_t seen = own_.rings();
    bool active = false, messages = false, moved = false, stopping = false;
    {
      const std::lock_guard lock(progress_.mutex);
      if (progress_.failure) return;
      stopping = stopping_;
      running_.insert(running_.end(), new_groups_.begin(), new_groups_.end());
      new_groups_.clear();
      for (MpiCommunicator* group : running_) group->take_started();
    }
    for (MpiCommunicator* group : running_) {
      if (group->idle()) continue;
      moved = group->advance() || moved;
      active = active || !group->idle();
      messages = messages || group->by_messages();
    }
    if (moved) {
      quiet = 0;
      nap = kNap;
      continue;
    }
    look_for_failures();
    if (stopping && !active) return;
    if (active && ++quiet < patience) {
      std::this_thread::yield();
      continue;
    }
    require(!orphaned(),
            "the process that started it is gone: mpirun, or its daemon on this host, was killed");
    own_.sleep(seen, messages ? nap : kLongNap);
    if (++quiet > patience + 4) nap = std::min(2 * nap, kLongestLook);
  }
}

void MpiWorld::end() {
  {
    const std::lock_guard lock(progress_.mutex);
    // After a failure the others may not come: MPI is left as it is, and mpirun ends the ranks.
    if (progress_.failure) return;
  }
  MPI_Request request = MPI_REQUEST_NULL;
  require_mpi(MPI_Ibarrier(communicator_, &request), "the last barrier");
  for (int done = 0;;) {
    require_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "the last barrier");
    if (done) break;
    look_for_failures();
    {
      const std::lock_guard lock(progress_.mutex);
      if (progress_.failure) return;
    }
    own_.sleep(own_.rings(), kNap * 20);
  }
  close_control();  // all ranks have come: none can be missed any more
  MPI_Comm_free(&communicator_);
  MPI_Finalize();
}

}  // namespace tessera
