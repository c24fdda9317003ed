#include "framework/mesh/transition.h"

#include <algorithm>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Axes = std::vector<AxisId>;

bool begins_with(const Axes& axes, const Axes& prefix) {
  return prefix.size() <= axes.size() && std::equal(prefix.begin(), prefix.end(), axes.begin());
}

/// The dim of `now` that `axis` may split next on the way to `to`; -1 when there is none.
int next_dim(const Layout& now, const Layout& to, AxisId axis) {
  for (size_t d = 0; d < now.split.size(); ++d)
    if (begins_with(to.split[d], now.split[d]) && to.split[d].size() > now.split[d].size() &&
        to.split[d][now.split[d].size()] == axis)
      return static_cast<int>(d);
  return -1;
}

class Path {
 public:
  Path(const Layout& from, const Layout& to) : now_(from), to_(to) {
    check(from.split.size() == to.split.size(), "a transition from {} dims to {}",
          from.split.size(), to.split.size());
    for (AxisId axis : to.partial)
      check(from.is_partial(axis), "a transition cannot make a value partial");
    reduce();
    rearrange();
    slice();
  }
  std::vector<Move> moves() && { return std::move(moves_); }

 private:
  void take(Move move) {
    moves_.push_back(move);
    now_ = apply(now_, move);
  }

  /// Reduces each partial axis into the split that `to` wants where one move reaches it, and to the
  /// whole elsewhere.
  void reduce() {
    for (bool found = true; found;) {
      found = false;
      for (AxisId axis : Axes(now_.partial)) {
        const int dim = to_.is_partial(axis) ? -1 : next_dim(now_, to_, axis);
        if (dim < 0) continue;
        take({Move::Kind::reduce_scatter, axis, dim, -1, now_.reduction});
        found = true;
      }
    }
    for (AxisId axis : Axes(now_.partial))
      if (!to_.is_partial(axis)) take({Move::Kind::all_reduce, axis, -1, -1, now_.reduction});
  }

  /// Removes axes that split the wrong dim, or the right dim out of order.
  void rearrange() {
    for (bool found = true; found;) {
      found = false;
      for (size_t d = 0; d < now_.split.size() && !found; ++d) {
        if (begins_with(to_.split[d], now_.split[d])) continue;
        const AxisId axis = now_.split[d].back();
        const int other = next_dim(now_, to_, axis), dim = static_cast<int>(d);
        take(other < 0 ? Move{Move::Kind::all_gather, axis, dim}
                       : Move{Move::Kind::all_to_all, axis, dim, other});
        found = true;
      }
    }
  }

  void slice() {
    for (size_t d = 0; d < now_.split.size(); ++d)
      while (now_.split[d].size() < to_.split[d].size())
        take({Move::Kind::slice, to_.split[d][now_.split[d].size()], static_cast<int>(d)});
  }

  Layout now_;
  const Layout& to_;
  std::vector<Move> moves_;
};

}  // namespace

std::string_view to_string(Move::Kind kind) {
  switch (kind) {
    case Move::Kind::all_gather:
      return "all_gather";
    case Move::Kind::all_reduce:
      return "all_reduce";
    case Move::Kind::reduce_scatter:
      return "reduce_scatter";
    case Move::Kind::all_to_all:
      return "all_to_all";
    case Move::Kind::slice:
      return "slice";
  }
  internal_error("unknown move");
}

std::vector<Move> transition(const Layout& from, const Layout& to) {
  return Path(from, to).moves();
}

Layout apply(const Layout& layout, const Move& move) {
  Layout out = layout;
  const auto dim = static_cast<size_t>(move.dim);
  const auto remove = [&] {
    check(!out.split[dim].empty() && out.split[dim].back() == move.axis,
          "{} of an axis that is not the innermost of dim {}", to_string(move.kind), move.dim);
    out.split[dim].pop_back();
  };
  switch (move.kind) {
    case Move::Kind::all_reduce:
      return out.without_partial(move.axis);
    case Move::Kind::reduce_scatter:
      out = out.without_partial(move.axis);
      out.split[dim].push_back(move.axis);
      return out;
    case Move::Kind::all_gather:
      remove();
      return out;
    case Move::Kind::all_to_all:
      remove();
      out.split[static_cast<size_t>(move.to)].push_back(move.axis);
      return out;
    case Move::Kind::slice:
      out.split[dim].push_back(move.axis);
      return out;
  }
  internal_error("unknown move");
}

}  // namespace tessera
