#include "framework/comm/mpi.h"

#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "framework/comm/control.h"
#include "framework/comm/mpi_messages.h"
#include "framework/comm/progress.h"
#include "framework/comm/self.h"
#include "framework/comm/shared_group.h"
#include "framework/core/error.h"
#include "framework/core/log.h"
#include "framework/core/threads.h"

namespace tessera {
namespace {

/// While messages are under way nobody rings: they must be looked for.
constexpr int64_t kNap = 50'000, kLongNap = 200'000'000;  // ns
// On a slow link a message takes milliseconds: looking every 50 us would take a third of a core from the program. Half a
// millisecond of a gigabit link fits into a socket's buffer; on a fast link messages come before naps grow.
constexpr int64_t kLongestLook = 500'000;  // ns

class MpiWorld;

class MpiCommunicator final : public Communicator {
 public:
  MpiCommunicator(MpiWorld& world, std::vector<int64_t> ranks);

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(ranks_.size()); }

  // By the progress thread alone:
  void take_started();
  bool advance();
  bool idle() const { return shared_ ? shared_->idle() : messages_->idle(); }
  bool by_messages() const { return messages_.has_value(); }
  /// With the mutex of the progress held.
  void report(Beat& beat) const { tickets_.report(number_, beat); }
  uint64_t number() const { return number_; }

 private:
  Ticket post(Collective call) override;
  void complete(Ticket ticket) override { tickets_.wait(ticket); }

  MpiWorld& world_;
  std::vector<int64_t> ranks_;
  int rank_ = 0;
  uint64_t number_;  // of the group: the same on all its ranks
  Tickets tickets_;
  std::vector<Collective> started_;  // and not yet seen by the progress thread
  std::optional<SharedGroup> shared_;
  std::optional<MpiMessages> messages_;
};

class MpiWorld final : public World {
 public:
  explicit MpiWorld(const MpiOptions& options);
  ~MpiWorld() override;
  MpiWorld(const MpiWorld&) = delete;
  MpiWorld& operator=(const MpiWorld&) = delete;

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  const std::vector<std::string>& hosts() const override { return hosts_; }
  Communicator& group(std::span<const int64_t> ranks) override;
  void give_up(std::string_view reason) override;
  Times times() const override;
  std::optional<Verdict> verdict() const override;

 private:
  friend class MpiCommunicator;

  void run(const MpiOptions& options);
  void begin(const MpiOptions& options);
  /// Whether this rank is the one to say that its host's ranks cannot.
  bool share_memory(const MpiOptions& options);
  void open_control(const MpiOptions& options);
  void close_control();
  Beat beat();
  void make_progress();
  void look_for_failures();
  void fail(std::string_view reason);
  /// With this rank in front.
  std::string named(std::string_view reason) const;
  void end();
  /// The first of the tags for a group.
  int tag_of(uint64_t number);

  int rank_ = 0, size_ = 1;
  std::vector<std::string> hosts_;
  MPI_Comm communicator_ = MPI_COMM_NULL;
  uint64_t last_tag_ = 32767;
  std::set<int> tags_;
  SharedSegment own_;
  std::map<int64_t, SharedSegment> neighbours_;  // by rank: the others of this host
  mutable Progress progress_;
  bool ready_ = false;     // MPI has started
  bool stopping_ = false;  // under the mutex, as ready_ and the lists of groups
  std::map<std::vector<int64_t>, std::unique_ptr<Communicator>> groups_;
  std::vector<MpiCommunicator*> new_groups_, all_groups_;
  std::vector<MpiCommunicator*> running_;  // the progress thread's
  std::mutex failing_;
  std::unique_ptr<Control> control_;
  std::thread thread_;
};

uint64_t group_number(std::span<const int64_t> ranks) {
  uint64_t hash = 0;
  for (const int64_t rank : ranks) {
    hash = (hash + static_cast<uint64_t>(rank) + 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 29)) * 0x94d049bb133111ebu;
    hash ^= hash >> 32;
  }
  return hash | 1;  // not 0
}

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

MpiWorld::MpiWorld(const MpiOptions& options)
    : own_(SharedSegment::create(std::random_device{}() | uint64_t{1} << 32)),
      thread_([this, options] { run(options); }) {
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
  close_control();  // its thread looks at the rest
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
  // Ranks need not meet to agree on a tag; that two groups get one is as good as impossible, and found.
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
  // The progress thread touches buffers until it has seen it.
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

void MpiWorld::open_control(const MpiOptions& options) {
  if (size_ == 1) return;
  std::unique_ptr<ControlListener> listener;
  ControlAddress address;
  if (rank_ == 0) {
    listener = std::make_unique<ControlListener>(own_.address().key);
    address = listener->address();
  }
  require_mpi(MPI_Bcast(&address, sizeof(address), MPI_BYTE, 0, communicator_),
              "the exchange of the control channel's address");
  Control::Options control{.rank = rank_,
                           .hosts = hosts_,
                           .limits = options.limits,
                           .beat = [this] { return beat(); },
                           .over = [this](const std::string& reason) { fail(reason); },
                           .warn = log::print_warning};
  control_ = listener ? std::make_unique<Control>(std::move(control), std::move(listener))
                      : std::make_unique<Control>(std::move(control), address);
  log::relay_warnings([this](const std::string& text) { control_->warn(text); });
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
  const std::lock_guard lock(progress_.mutex);
  progress_.stopped = true;
  progress_.changed.notify_all();
}

void MpiWorld::begin(const MpiOptions& options) {
  int granted = 0;
  // Where MPI cannot start, it ends the process itself, with its own words. One thread would be enough; serialized lets
  // a program call MPI while nothing is under way here.
  require_mpi(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &granted),
              "MPI_Init_thread");
  require(granted >= MPI_THREAD_FUNNELED, "this MPI does not allow threads at all");
  require_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &communicator_), "MPI_Comm_dup");
  require_mpi(MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  require_mpi(MPI_Comm_rank(communicator_, &rank_), "MPI_Comm_rank");
  require_mpi(MPI_Comm_size(communicator_, &size_), "MPI_Comm_size");
  void* last = nullptr;
  int known = 0;
  require_mpi(MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &last, &known), "MPI_TAG_UB");
  if (known) last_tag_ = static_cast<uint64_t>(*static_cast<int*>(last));
  constexpr int length = 256;
  std::vector<char> names(static_cast<size_t>(length * size_));
  std::string name = host_name();
  name.resize(length - 1);
  require_mpi(
      MPI_Allgather(name.c_str(), length, MPI_CHAR, names.data(), length, MPI_CHAR, communicator_),
      "the exchange of host names");
  for (int r = 0; r < size_; ++r) hosts_.emplace_back(names.data() + r * length);
  const bool slow = share_memory(options);
  open_control(options);
  if (slow)
    log::warn(
        "the ranks of this host cannot share memory with each other and use messages, which is "
        "slower");
}

bool MpiWorld::share_memory(const MpiOptions& options) {
  if (!options.shared_memory) return false;
  MPI_Comm host = MPI_COMM_NULL;
  require_mpi(MPI_Comm_split_type(communicator_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &host),
              "MPI_Comm_split_type");
  if (options.ranks_per_host > 0) {
    MPI_Comm part = MPI_COMM_NULL;
    require_mpi(MPI_Comm_split(host, rank_ / options.ranks_per_host, rank_, &part),
                "MPI_Comm_split");
    MPI_Comm_free(&host);
    host = part;
  }
  int count = 0;
  require_mpi(MPI_Comm_size(host, &count), "MPI_Comm_size");
  struct Card {
    int64_t rank = 0;
    SharedSegment::Address address;
  };
  const Card mine{rank_, own_.address()};
  std::vector<Card> cards(static_cast<size_t>(count));
  require_mpi(
      MPI_Allgather(&mine, sizeof(Card), MPI_BYTE, cards.data(), sizeof(Card), MPI_BYTE, host),
      "the exchange of addresses of shared memory");
  int good = 1, all_good = 0;
  for (const Card& card : cards) {
    if (card.rank == rank_) continue;
    std::optional<SharedSegment> segment = SharedSegment::open(card.address);
    if (segment) {
      neighbours_.emplace(card.rank, std::move(*segment));
    } else {
      good = 0;
    }
  }
  require_mpi(MPI_Allreduce(&good, &all_good, 1, MPI_INT, MPI_MIN, host), "MPI_Allreduce");
  MPI_Comm_free(&host);
  if (all_good) return false;
  neighbours_.clear();
  return rank_ == cards.front().rank;
}

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
    own_.sleep(seen, messages ? nap : kLongNap);
    if (++quiet > patience + 4) nap = std::min(2 * nap, kLongestLook);
  }
}

void MpiWorld::end() {
  {
    const std::lock_guard lock(progress_.mutex);
    if (progress_.failure)
      return;  // the others may not come: MPI is left as it is, and mpirun ends them
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
  close_control();  // all have come: nobody can be missed any more
  MPI_Comm_free(&communicator_);
  MPI_Finalize();
}

}  // namespace

bool started_by_mpi() {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"},
      [](const char* name) { return std::getenv(name) != nullptr; });
}

std::unique_ptr<World> make_mpi_world(const MpiOptions& options) {
  int started = 0;
  MPI_Initialized(&started);
  check(!started, "a second MPI world in one process");
  return std::make_unique<MpiWorld>(options);
}

}  // namespace tessera
