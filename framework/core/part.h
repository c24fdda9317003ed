// Part: where the elements that one rank holds lie in the whole. A node that works on a part has attributes
//   whole   the sizes of the whole, of those dims that its op names: [V] of a table's rows, say
//   origin  as many integers: where the part begins in each
// Without them the node holds all of it. In a graph that is the same on all ranks a text `place` stands in for `origin`;
// who prepares a kernel from it has put the origin in. Draws and counts are then those of the whole, however it is cut.
#pragma once

#include <algorithm>
#include <optional>

#include "framework/core/attrs.h"
#include "framework/core/tensor_type.h"

namespace tessera {

struct Part {
  std::vector<int64_t> whole, origin;
};

/// The part that attributes speak of, nothing when they hold all. InternalError when there is `whole` without `origin`.
std::optional<Part> part_of(const Attrs& attrs);

/// For the types of an op: attributes `whole` and `origin` or `place`, where they are, fit these local sizes. UserError.
/// `padded`: the part may reach beyond the whole.
void require_part(const Attrs& attrs, const Shape& local, bool padded = false);

/// The size of the only dim that is cut, in the whole, and where the part begins.
struct DimPart {
  int64_t whole = 0, first = 0;
};
DimPart dim_part(const Attrs& attrs, int64_t local);

/// The attributes of `from` that say where a part lies, put into `to`.
Attrs with_part(Attrs to, const Attrs& from);

/// The elements of a part as runs that are contiguous in the whole too: trailing dims that are whole make one run.
class PartRuns {
 public:
  PartRuns(const Attrs& attrs, const Shape& local);

  /// Elements of the whole.
  int64_t whole() const { return whole_; }

  /// Where element `e` of a part without padding lies in the whole.
  int64_t place(int64_t e) const {
    return counts_.empty() ? first_ + e : start(e / length_) + e % length_;
  }

  /// f(from, to, at) for elements [begin, end) of the part, run by run: [from, to) lie from element `at` on in the whole, or
  /// beyond it where `at` is -1.
  template <class F>
  void each(int64_t begin, int64_t end, const F& f) const {
    while (begin < end) {
      const int64_t run = begin / length_, first = run * length_;
      const int64_t inside = first + inside_of(run), to = std::min(end, first + length_);
      if (begin < inside) f(begin, std::min(to, inside), start(run) + begin % length_);
      if (inside < to) f(std::max(begin, inside), to, int64_t{-1});
      begin = to;
    }
  }

 private:
  int64_t start(int64_t run) const;
  /// How many elements of a run lie inside the whole: its first ones.
  int64_t inside_of(int64_t run) const;

  int64_t whole_, length_, first_ = 0;  // first_: where the part's first element lies
  int64_t inside_;                      // elements of a run that lie inside the whole, if any do
  Shape counts_, strides_;              // of the dims that number the runs
  Shape room_;  // places of those dims, from the part's first on, that lie inside the whole
};

}  // namespace tessera
