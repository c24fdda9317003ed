#include "framework/runtime/collectives.h"

#include <numeric>

#include "framework/core/error.h"

namespace tessera {
namespace {

/// What a run of a collective needs, made once.
struct Prepared {
  Communicator& group;
  std::string name;
  Collective call;                               // its pieces have no memory yet
  std::vector<int64_t> counts;                   // elements of each piece
  std::shared_ptr<Communicator::Ticket> ticket;  // null: the call is waited for at once
  std::shared_ptr<Traffic> exchanged;
  Traffic::Count* count;  // the entry of this call in `exchanged`
  int64_t bytes;

  /// Outside of tests a kernel is called with the same memory every time, so the list of pieces is
  /// kept.
  const Collective& on(const KernelArgs& args) {
    bool same = call.pieces.size() == counts.size();
    for (size_t i = 0; same && i < counts.size(); ++i)
      same = call.pieces[i].in == args.in[i] && call.pieces[i].out == args.out[i];
    if (!same) {
      std::vector<Collective::Piece> pieces;
      for (size_t i = 0; i < counts.size(); ++i)
        pieces.push_back({args.in[i], args.out[i], counts[i]});
      call.pieces = std::move(pieces);
    }
    call.stream = args.stream;
    return call;
  }
};

/// Bytes of the call as the communicator gets it.
int64_t bytes_of(const Collective& call, const std::vector<int64_t>& counts, int64_t ranks) {
  const int64_t count = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  const int64_t parts = call.kind == Collective::Kind::all_reduce ? 1 : ranks;
  return count * parts * static_cast<int64_t>(size_of(call.wire));
}

Collective::Kind kind_of(std::string_view op) {
  if (op == "all_reduce") return Collective::Kind::all_reduce;
  if (op == "all_gather") return Collective::Kind::all_gather;
  if (op == "reduce_scatter") return Collective::Kind::reduce_scatter;
  if (op == "all_to_all") return Collective::Kind::all_to_all;
  internal_error("'{}' is no collective", op);
}

}  // namespace

Kernel prepare_collective(const KernelSpec& spec, const std::string& name, const MeshPlace& place,
                          Tickets& tickets, const std::shared_ptr<Traffic>& exchanged) {
  if (!place.world)
    return {[name](const KernelArgs&) {
              internal_error("'{}' was planned without a world to run in", name);
            },
            0};
  const AxisId axis = place.mesh.axis(spec.attrs.text("axis"));
  Communicator& group = place.world->group(place.mesh.group(place.rank, axis));
  const bool apart = spec.attrs.has("ticket");
  std::shared_ptr<Communicator::Ticket> ticket;
  if (apart) {
    auto& known = tickets[spec.attrs.integer("ticket")];
    if (!known) known = std::make_shared<Communicator::Ticket>(-1);
    ticket = known;
  }
  if (spec.op == "wait") return {[ticket, &group](const KernelArgs&) { group.wait(*ticket); }, 0};
  const auto run = std::make_shared<Prepared>(
      Prepared{.group = group,
               .name = name,
               .call = {.kind = kind_of(spec.op), .dtype = spec.in[0].dtype},
               .counts = {},
               .ticket = std::move(ticket),
               .exchanged = exchanged,
               .count = nullptr,
               .bytes = 0});
  Collective& call = run->call;
  call.name = run->name;
  call.wire = spec.attrs.has("wire") ? parse_dtype(spec.attrs.text("wire")) : call.dtype;
  if (spec.attrs.has("reduction") && spec.attrs.text("reduction") == "max")
    call.reduction = Reduction::max;
  for (size_t i = 0; i < spec.in.size(); ++i)
    run->counts.push_back(std::min(spec.in[i].numel(), spec.out[i].numel()));
  if (call.kind == Collective::Kind::all_to_all)
    for (int64_t& count : run->counts) count /= group.size();
  run->count =
      &exchanged->counter({std::string(to_string(call.kind)), place.mesh.name(axis), group.size()});
  run->bytes = bytes_of(call, run->counts, group.size());
  return {[run](const KernelArgs& args) {
            ++run->count->calls;
            run->count->bytes += run->bytes;
            const Communicator::Ticket started = run->group.start(run->on(args));
            if (run->ticket)
              *run->ticket = started;
            else
              run->group.wait(started);
          },
          0};
}

}  // namespace tessera
