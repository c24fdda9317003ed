#include "framework/comm/mpi_messages.h"

#include <algorithm>

#include "framework/comm/reduce.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

/// Formats the title only of a call that fails, because MPI is called at every look for messages.
void require_mpi_of(int result, const Chunks& call) {
  if (result != MPI_SUCCESS) require_mpi(result, title(call.call()));
}

using Kind = Collective::Kind;

/// The most chunks under way at once.
constexpr size_t kMostFlights = 8;
/// The longest that a message may be. The limit of the staging memory makes messages shorter in
/// every group: 683 KiB with two ranks, less with more.
constexpr int64_t kMessageBytes = 1 << 20;
/// Parts begin on cache lines.
constexpr int64_t kLine = 64;

}  // namespace

void require_mpi(int result, std::string_view what) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(result, text, &length);
  user_error("{}: {}", what, std::string_view(text, static_cast<size_t>(length)));
}

MpiMessages::MpiMessages(MPI_Comm communicator, std::vector<int> peers, int rank, int tag)
    : communicator_(communicator), peers_(std::move(peers)), rank_(rank), tag_(tag) {
  const auto parts = static_cast<int64_t>(3 * peers_.size() * kMostFlights);
  part_bytes_ = std::min(kMessageBytes, kStagingBytes / parts / kLine * kLine);
  require(part_bytes_ > 0, "a group of {} ranks on several hosts is more than messages can serve",
          peers_.size());
  // The memory is not written here, so that a group that sends little takes little.
  staging_ = std::make_unique_for_overwrite<char[]>(static_cast<size_t>(parts * part_bytes_));
}

void MpiMessages::start(Collective call) {
  calls_.emplace_back(std::move(call), static_cast<int>(peers_.size()), part_bytes_);
}

bool MpiMessages::sums_parts(const Chunks& call) const {
  return call.call().kind == Kind::all_reduce && !call.direct();
}

// A slot holds three rows of parts: outgoing, incoming, results. A call that neither scatters nor
// sums parts sends every rank the same, and uses one outgoing part.
char* MpiMessages::place(const Flight& flight, int row, int rank) {
  const size_t ranks = peers_.size();
  const size_t part =
      (flight.slot * 3 + static_cast<size_t>(row)) * ranks + static_cast<size_t>(rank);
  return staging_.get() + part * static_cast<size_t>(part_bytes_);
}

char* MpiMessages::outgoing(const Flight& flight, int rank) {
  const Chunks& now = chunks(flight);
  return place(flight, 0, now.scatters() || sums_parts(now) ? rank : 0);
}

void MpiMessages::send(std::vector<MPI_Request>& requests, const void* data, int64_t bytes,
                       int peer, int tag, const Chunks& call) {
  MPI_Request& request = requests.emplace_back();
  require_mpi_of(MPI_Isend(data, static_cast<int>(bytes), MPI_BYTE,
                           peers_[static_cast<size_t>(peer)], tag, communicator_, &request),
                 call);
}

void MpiMessages::receive(std::vector<MPI_Request>& requests, void* data, int64_t bytes, int peer,
                          int tag, const Chunks& call) {
  MPI_Request& request = requests.emplace_back();
  require_mpi_of(MPI_Irecv(data, static_cast<int>(bytes), MPI_BYTE,
                           peers_[static_cast<size_t>(peer)], tag, communicator_, &request),
                 call);
}

bool MpiMessages::done(std::vector<MPI_Request>& requests, const Chunks& call) {
  if (requests.empty()) return true;
  int all = 0;
  require_mpi_of(
      MPI_Testall(static_cast<int>(requests.size()), requests.data(), &all, MPI_STATUSES_IGNORE),
      call);
  if (all) requests.clear();
  return all != 0;
}

void MpiMessages::exchange_labels(Call& call) {
  const int ranks = static_cast<int>(peers_.size());
  call.label = label_of(call.chunks);
  call.others.assign(peers_.size(), call.label);
  for (int step = 1; step < ranks; ++step) {
    const int to = (rank_ + step) % ranks, from = (rank_ + ranks - step) % ranks;
    receive(call.receives, &call.others[static_cast<size_t>(from)], sizeof(CallLabel), from,
            tag_ + 2, call.chunks);
    send(call.sends, &call.label, sizeof(CallLabel), to, tag_ + 2, call.chunks);
  }
}

void MpiMessages::compare_labels() {
  const size_t begun = next_call_ + (next_chunk_ > 0 ? 1 : 0);
  for (size_t i = 0; i < begun; ++i) {
    Call& call = calls_[i];
    if (call.agreed) continue;
    // Labels are compared in order: after calls that differ, the messages of a later call may be
    // taken for those of another.
    if (!done(call.receives, call.chunks)) return;
    for (int r = 0; r < static_cast<int>(peers_.size()); ++r)
      require_same(call.label, rank_, call.others[static_cast<size_t>(r)], r);
    if (!done(call.sends, call.chunks)) return;
    call.agreed = true;
  }
}

bool MpiMessages::launch() {
  if (next_call_ >= calls_.size() || flights_.size() >= kMostFlights) return false;
  Flight& flight = flights_.emplace_back();
  flight.call = next_call_;
  flight.chunk = next_chunk_;
  flight.slot = next_slot_;
  next_slot_ = (next_slot_ + 1) % kMostFlights;
  const Chunks& now = chunks(flight);
  if (next_chunk_ == 0) exchange_labels(calls_[next_call_]);
  if (++next_chunk_ == now.count()) {
    next_chunk_ = 0;
    ++next_call_;
  }
  const int ranks = static_cast<int>(peers_.size());
  const auto wire = static_cast<int64_t>(size_of(now.call().wire));
  const bool split = now.scatters() || sums_parts(now);
  const int64_t mine = now.part(flight.chunk, rank_).size() * wire;
  for (int r = 0; r < ranks; ++r) {
    if (r != rank_ && now.travels(r, rank_))
      receive(flight.receives, incoming(flight, r), mine, r, tag_, now);
  }
  if (!split && (now.call().kind != Kind::broadcast || now.call().root == rank_))
    now.pack(now.part(flight.chunk, rank_), rank_, outgoing(flight, rank_));
  for (int step = 1; step < ranks; ++step) {  // so that not all ranks send to the same one first
    const int r = (rank_ + step) % ranks;
    if (!now.travels(rank_, r)) continue;
    const Chunks::Range range = now.part(flight.chunk, r);
    if (split) now.pack(range, r, outgoing(flight, r));
    send(flight.sends, outgoing(flight, r), range.size() * wire, r, tag_, now);
  }
  return true;
}

void MpiMessages::sum(Flight& flight) {
  const Chunks& now = chunks(flight);
  const int ranks = static_cast<int>(peers_.size());
  const auto wire = static_cast<int64_t>(size_of(now.call().wire));
  std::vector<const void*> sources;
  const Chunks::Range range = now.part(flight.chunk, rank_);
  for (int r = 0; r < ranks; ++r)
    sources.push_back(r == rank_ ? now.packed(range, r, outgoing(flight, r)) : incoming(flight, r));
  reduce(now.call().reduction, now.call().wire, now.call().wire, sources, result(flight, rank_),
         range.size());
  for (int step = 1; step < ranks; ++step) {
    const int to = (rank_ + step) % ranks, from = (rank_ + ranks - step) % ranks;
    receive(flight.receives, result(flight, from), now.part(flight.chunk, from).size() * wire, from,
            tag_ + 1, now);
    send(flight.sends, result(flight, rank_), range.size() * wire, to, tag_ + 1, now);
  }
}

void MpiMessages::take(Flight& flight) {
  const Chunks& now = chunks(flight);
  const int ranks = static_cast<int>(peers_.size());
  const Chunks::Range range = now.part(flight.chunk, rank_);
  const Kind kind = now.call().kind;
  const auto from = [&](int r) -> const void* {
    if (r != rank_) return incoming(flight, r);
    return now.scatters() ? now.packed(range, r, outgoing(flight, r)) : outgoing(flight, r);
  };
  if (sums_parts(now)) {
    for (int r = 0; r < ranks; ++r)
      now.unpack(now.part(flight.chunk, r), r, result(flight, r), now.call().wire);
  } else if (kind == Kind::all_reduce || kind == Kind::reduce_scatter) {
    std::vector<const void*> sources;
    for (int r = 0; r < ranks; ++r) sources.push_back(from(r));
    now.unpack_sum(range, sources);
  } else {
    for (int r = 0; r < ranks; ++r)
      if (now.travels(r, rank_)) now.unpack(range, r, from(r), now.call().wire);
  }
}

bool MpiMessages::land(Flight& flight) {
  const Chunks& now = chunks(flight);
  // Nothing that has come is looked at before the calls are known to agree: the length of a call
  // that differs may be another.
  if (!calls_[flight.call].agreed || !done(flight.receives, now)) return false;
  if (flight.stage == Flight::Stage::parts && sums_parts(now)) {
    sum(flight);
    flight.stage = Flight::Stage::results;
    return true;
  }
  if (!done(flight.sends, now)) return false;
  take(flight);
  return true;
}

bool MpiMessages::advance() {
  bool moved = launch();
  compare_labels();
  // Parts are summed in the order of the chunks, in which the other ranks expect the results.
  for (Flight& flight : flights_) {
    if (flight.stage == Flight::Stage::parts && sums_parts(chunks(flight))) {
      if (!land(flight)) break;
      moved = true;
    }
  }
  while (!flights_.empty()) {
    Flight& oldest = flights_.front();
    if (oldest.stage == Flight::Stage::parts && sums_parts(chunks(oldest))) break;
    if (!land(oldest)) break;
    moved = true;
    const bool last = oldest.chunk + 1 == chunks(oldest).count();
    flights_.pop_front();
    if (!last) continue;
    ++finished_;
    calls_.pop_front();
    --next_call_;
    for (Flight& flight : flights_) --flight.call;
  }
  return moved;
}

int MpiMessages::take_finished() { return std::exchange(finished_, 0); }

std::vector<int> MpiMessages::awaited() const {
  std::vector<int> others;
  for (int r = 0; r < static_cast<int>(peers_.size()); ++r)
    if (r != rank_) others.push_back(r);
  return others;
}

}  // namespace tessera
