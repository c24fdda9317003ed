#include "framework/passes/reshard.h"

#include "framework/mesh/place.h"
#include "framework/ops/ops.h"

namespace tessera {
namespace {

Value shaped(Value x, Shape shape) {
  return x.shape() == shape ? x : ops::reshape(x, {{"shape", std::move(shape)}});
}

/// x with dim `from` taken out and put in at `to`, both counted in x; x itself when `from` is `to`.
Value moved_dim(Value x, size_t from, size_t to) {
  std::vector<int64_t> perm;
  for (size_t d = 0; d < x.shape().size(); ++d)
    if (d != from) perm.push_back(static_cast<int64_t>(d));
  perm.insert(perm.begin() + static_cast<std::ptrdiff_t>(to), static_cast<int64_t>(from));
  return from == to ? x : ops::transpose(x, {{"perm", perm}});
}

/// [.., n · s, ..] to [n, .., s, ..]: the parts of dim `dim`, one behind the other.
Value cut(Value x, size_t dim, int64_t n) {
  Shape shape = x.shape();
  shape[dim] /= n;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(dim), n);
  return moved_dim(shaped(x, shape), dim, 0);
}

/// The inverse of cut: [n, .., s, ..] to [.., n · s, ..].
Value join(Value x, size_t dim) {
  Shape shape = x.shape();
  const int64_t n = shape[0];
  shape.erase(shape.begin());
  shape[dim] *= n;
  return shaped(moved_dim(x, 0, dim), shape);
}

}  // namespace

Value reshard(Value local, const Shape& whole, const Layout& from, const Move& move,
              const Mesh& mesh, const std::string& name, DType wire) {
  Graph& graph = local.graph();
  const int64_t n = mesh.size(move.axis);
  const auto dim = static_cast<size_t>(move.dim);
  Attrs attrs{{"axis", mesh.name(move.axis)}, {"ranks", n}};
  const bool sums = move.kind == Move::Kind::all_reduce || move.kind == Move::Kind::reduce_scatter;
  if (sums && wire != local.dtype()) attrs.set("wire", std::string(to_string(wire)));
  switch (move.kind) {
    case Move::Kind::all_reduce:
      if (move.reduction == Reduction::max) attrs.set("reduction", std::string("max"));
      return graph.add1(ops::all_reduce, {local}, attrs, name);
    case Move::Kind::all_gather:
      return join(graph.add1(ops::all_gather, {local}, attrs, name), dim);
    case Move::Kind::reduce_scatter:
      check(move.reduction == Reduction::sum, "'{}': only sums are scattered", name);
      return graph.add1(ops::reduce_scatter, {cut(local, dim, n)}, attrs, name);
    case Move::Kind::all_to_all:
      return join(
          graph.add1(ops::all_to_all, {cut(local, static_cast<size_t>(move.to), n)}, attrs, name),
          dim);
    case Move::Kind::slice: {
      // Other axes may have cut the dim already, so the part is counted inside what this rank
      // holds.
      int64_t size = whole[dim];
      for (AxisId axis : from.split[dim]) size /= mesh.size(axis);
      return ops::local_part(local,
                             {{"dim", static_cast<int64_t>(dim)},
                              {"parts", n},
                              {"whole", Shape{size}},
                              {"place", place_of(size, {move.axis}, mesh)}},
                             name);
    }
  }
  internal_error("unknown move");
}

}  // namespace tessera
