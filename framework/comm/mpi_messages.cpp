#include "framework/comm/mpi_messages.h"

#include <algorithm>

#include "framework/comm/reduce.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

using Kind = Collective::Kind;

/// Chunks under way at once.
constexpr size_t kMostFlights = 4;
/// Messages are about this long; of large groups shorter, so that a chunk of all ranks stays within the second figure.
constexpr int64_t kMessageBytes = 1 << 20;
constexpr int64_t kChunkBytes = 16 << 20;

}  // namespace

void require_mpi(int result, std::string_view what) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(result, text, &length);
  user_error("{}: {}", what, std::string_view(text, static_cast<size_t>(length)));
}

MpiMessages::MpiMessages(MPI_Comm communicator, std::vector<int> peers, int rank, int tag)
    : communicator_(communicator),
      peers_(std::move(peers)),
      rank_(rank),
      tag_(tag),
      slots_(kMostFlights) {
  const auto ranks = static_cast<int64_t>(peers_.size());
  slot_bytes_ = std::min(kMessageBytes * (ranks + 1), std::max(kChunkBytes, 4096 * (ranks + 1)));
}

void MpiMessages::start(Collective call) {
  calls_.emplace_back(std::move(call), static_cast<int>(peers_.size()), slot_bytes_, kMessageBytes);
}

bool MpiMessages::sums_parts(const Chunks& call) const {
  return call.call().kind == Kind::all_reduce && !call.direct();
}

// A slot holds three rows of parts: outgoing, incoming, results. Where a chunk is no longer than a part of it, every rank
// gets the same: one outgoing part.
char* MpiMessages::outgoing(const Flight& flight, int rank) {
  const Chunks& now = chunks(flight);
  const bool same = !now.scatters() && !sums_parts(now);
  return slots_[flight.slot].data() + (same ? 0 : now.part_offset(rank));
}

char* MpiMessages::incoming(const Flight& flight, int rank) {
  return slots_[flight.slot].data() + chunks(flight).part_offset(int(peers_.size()) + 1 + rank);
}

char* MpiMessages::result(const Flight& flight, int rank) {
  return slots_[flight.slot].data() + chunks(flight).part_offset(2 * int(peers_.size()) + 1 + rank);
}

void MpiMessages::send(Flight& flight, const void* data, int64_t bytes, int peer, int tag) {
  MPI_Request& request = flight.sends.emplace_back();
  require_mpi(MPI_Isend(data, static_cast<int>(bytes), MPI_BYTE, peers_[static_cast<size_t>(peer)],
                        tag, communicator_, &request),
              title(chunks(flight).call()));
}

void MpiMessages::receive(Flight& flight, void* data, int64_t bytes, int peer, int tag) {
  MPI_Request& request = flight.receives.emplace_back();
  require_mpi(MPI_Irecv(data, static_cast<int>(bytes), MPI_BYTE, peers_[static_cast<size_t>(peer)],
                        tag, communicator_, &request),
              title(chunks(flight).call()));
}

bool MpiMessages::done(std::vector<MPI_Request>& requests, const Flight& flight) const {
  if (requests.empty()) return true;
  int all = 0;
  require_mpi(
      MPI_Testall(static_cast<int>(requests.size()), requests.data(), &all, MPI_STATUSES_IGNORE),
      title(chunks(flight).call()));
  if (all) requests.clear();
  return all != 0;
}

bool MpiMessages::launch() {
  if (next_call_ >= calls_.size() || flights_.size() >= kMostFlights) return false;
  Flight& flight = flights_.emplace_back();
  flight.call = next_call_;
  flight.chunk = next_chunk_;
  flight.slot = next_slot_;
  next_slot_ = (next_slot_ + 1) % kMostFlights;
  const Chunks& now = chunks(flight);
  if (++next_chunk_ == now.count()) {
    next_chunk_ = 0;
    ++next_call_;
  }
  const int ranks = static_cast<int>(peers_.size());
  const auto wire = static_cast<int64_t>(size_of(now.call().wire));
  const bool split = now.scatters() || sums_parts(now);
  const int64_t rows = now.part_offset(split ? 3 * ranks + 1 : 2 * ranks + 1);
  std::vector<char>& slot = slots_[flight.slot];
  if (static_cast<int64_t>(slot.size()) < rows) slot.resize(static_cast<size_t>(rows));
  const bool broadcast = now.call().kind == Kind::broadcast;
  const int64_t mine = now.part(flight.chunk, rank_).size() * wire;
  for (int r = 0; r < ranks; ++r) {
    if (r != rank_ && (!broadcast || r == now.call().root))
      receive(flight, incoming(flight, r), mine, r, tag_);
  }
  if (!split && (!broadcast || now.call().root == rank_))
    now.pack(now.part(flight.chunk, rank_), rank_, outgoing(flight, rank_));
  for (int step = 1; step < ranks; ++step) {  // not all to the same rank first
    const int r = (rank_ + step) % ranks;
    if (broadcast && now.call().root != rank_) continue;
    const Chunks::Range range = now.part(flight.chunk, r);
    if (split) now.pack(range, r, outgoing(flight, r));
    send(flight, outgoing(flight, r), range.size() * wire, r, tag_);
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
    receive(flight, result(flight, from), now.part(flight.chunk, from).size() * wire, from,
            tag_ + 1);
    send(flight, result(flight, rank_), range.size() * wire, to, tag_ + 1);
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
  } else if (kind == Kind::broadcast) {
    now.unpack(range, now.call().root, from(now.call().root), now.call().wire);
  } else {
    for (int r = 0; r < ranks; ++r) now.unpack(range, r, from(r), now.call().wire);
  }
}

bool MpiMessages::land(Flight& flight) {
  if (!done(flight.receives, flight)) return false;
  if (flight.stage == Flight::Stage::parts && sums_parts(chunks(flight))) {
    sum(flight);
    flight.stage = Flight::Stage::results;
    return true;
  }
  if (!done(flight.sends, flight)) return false;
  take(flight);
  return true;
}

bool MpiMessages::advance() {
  bool moved = launch();
  // In order: the other ranks expect this one's messages in the order of the chunks.
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
