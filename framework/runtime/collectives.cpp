#include "framework/runtime/collectives.h"

namespace tessera {
namespace {

/// Of the call as the communicator gets it.
int64_t bytes_of(const Collective& call, int64_t ranks) {
  int64_t count = 0;
  for (const auto& piece : call.pieces) count += piece.count;
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
  Collective call{.kind = kind_of(spec.op), .dtype = spec.in[0].dtype, .name = name};
  call.wire = spec.attrs.has("wire") ? parse_dtype(spec.attrs.text("wire")) : call.dtype;
  if (spec.attrs.has("reduction") && spec.attrs.text("reduction") == "max")
    call.reduction = Reduction::max;
  for (size_t i = 0; i < spec.in.size(); ++i)
    call.pieces.push_back({nullptr, nullptr, std::min(spec.in[i].numel(), spec.out[i].numel())});
  if (call.kind == Collective::Kind::all_to_all)
    for (auto& piece : call.pieces) piece.count /= group.size();
  Traffic::Count* count =
      &exchanged->counter({std::string(to_string(call.kind)), place.mesh.name(axis), group.size()});
  return {[call, ticket, &group, exchanged, count,
           bytes = bytes_of(call, group.size())](const KernelArgs& args) {
            ++count->calls;
            count->bytes += bytes;
            Collective now = call;
            for (size_t i = 0; i < now.pieces.size(); ++i) {
              now.pieces[i].in = args.in[i];
              now.pieces[i].out = args.out[i];
            }
            if (ticket)
              *ticket = group.start(std::move(now));
            else
              group.run(std::move(now));
          },
          0};
}

}  // namespace tessera
