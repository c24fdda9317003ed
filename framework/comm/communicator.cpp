#include "framework/comm/communicator.h"

#include <numeric>

#include "framework/core/error.h"
#include "framework/device/device.h"

namespace tessera {

std::string_view to_string(Collective::Kind kind) {
  switch (kind) {
    case Collective::Kind::all_reduce:
      return "all_reduce";
    case Collective::Kind::all_gather:
      return "all_gather";
    case Collective::Kind::reduce_scatter:
      return "reduce_scatter";
    case Collective::Kind::all_to_all:
      return "all_to_all";
    case Collective::Kind::broadcast:
      return "broadcast";
    case Collective::Kind::shift:
      return "shift";
  }
  internal_error("unknown collective");
}

std::string title(const Collective& call) {
  return call.name.empty() ? std::string(to_string(call.kind))
                           : fmt::format("{} of {}", to_string(call.kind), call.name);
}

int shifted_from(const Collective& call, int rank, int size) {
  return ((rank - call.offset % size) % size + size) % size;
}

void verify(const Collective& call, int size) {
  using Kind = Collective::Kind;
  const bool reduces = call.kind == Kind::all_reduce || call.kind == Kind::reduce_scatter;
  // Titles are made only for errors, because every start of a collective calls verify().
  if (call.wire != call.dtype && !(call.dtype == DType::f32 && call.wire == DType::bf16))
    internal_error("{}: {} cannot travel as {}", title(call), call.dtype, call.wire);
  if (reduces && call.dtype == DType::boolean && call.reduction != Reduction::max)
    internal_error("{}: booleans have no sum", title(call));
  if (call.kind == Kind::broadcast && (call.root < 0 || call.root >= size))
    internal_error("{}: root {} of {} ranks", title(call), call.root, size);
  for (const Collective::Piece& piece : call.pieces) {
    if (piece.count < 0) internal_error("{}: a piece of {} elements", title(call), piece.count);
    if (piece.count > 0 && !(piece.out && (piece.in || call.kind == Kind::broadcast)))
      internal_error("{}: a piece without memory", title(call));
    if (piece.count > 0 && call.kind == Kind::shift && piece.in == piece.out)
      internal_error("{}: a piece that takes the place of what it sends", title(call));
  }
}

/// A collective whose operands were copied to the host: the pieces on the device, and their copies.
struct Communicator::Staged {
  struct Result {
    void* device;
    std::vector<std::byte> host;
  };
  const Stream* stream = nullptr;
  std::vector<std::vector<std::byte>> operands = {};
  std::vector<Result> results = {};

  Staged(Collective& call, int rank, int size);
};

Communicator::Staged::Staged(Collective& call, int rank, int size) : stream(call.stream) {
  using Kind = Collective::Kind;
  const auto one = size_of(call.dtype), all = one * static_cast<size_t>(size);
  const bool spreads = call.kind == Kind::reduce_scatter || call.kind == Kind::all_to_all;
  const bool gathers = call.kind == Kind::all_gather || call.kind == Kind::all_to_all;
  const bool reads = call.kind != Kind::broadcast || rank == call.root;
  std::vector<Collective::Piece> pieces;
  for (const Collective::Piece& piece : call.pieces) {
    const auto count = static_cast<size_t>(piece.count);
    auto& in = operands.emplace_back(reads ? count * (spreads ? all : one) : 0);
    auto& out =
        results.emplace_back(piece.out, std::vector<std::byte>(count * (gathers ? all : one)));
    stream->download(in.data(), piece.in, in.size());
    pieces.push_back({in.data(), out.host.data(), piece.count});
  }
  call.pieces = std::move(pieces);
  call.stream = nullptr;
}

Communicator::Communicator() = default;
Communicator::~Communicator() = default;

Communicator::Ticket Communicator::start(Collective call) {
  verify(call, size());
  if (call.stream == nullptr || takes_part_in_streams()) return post(std::move(call));
  if (call.stream->device().memory_is_host()) {
    call.stream->synchronize();
    return post(std::move(call));
  }
  auto staged = std::make_unique<Staged>(call, rank(), size());
  const Ticket ticket = post(std::move(call));
  staged_.emplace(ticket, std::move(staged));
  return ticket;
}

void Communicator::wait(Ticket ticket) {
  complete(ticket);
  const auto staged = staged_.find(ticket);
  if (staged == staged_.end()) return;
  for (const Staged::Result& result : staged->second->results)
    staged->second->stream->upload(result.device, result.host.data(), result.host.size());
  staged_.erase(staged);
}

void Communicator::barrier() {
  int32_t one = 1;
  run({.dtype = DType::i32, .pieces = {{&one, &one, 1}}, .name = "barrier"});
}

Communicator& World::all() {
  std::vector<int64_t> ranks(static_cast<size_t>(size()));
  std::iota(ranks.begin(), ranks.end(), 0);
  return group(ranks);
}

}  // namespace tessera
