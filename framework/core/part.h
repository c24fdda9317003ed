// Part: where the elements that one rank holds lie in the whole. A node that works on a part has
// attributes
//   whole   the sizes of those dims of the whole that its op names: [V] of a table's rows, say
//   origin  as many integers: where the part begins in each of these dims
// A node without these attributes holds the whole. In a graph that is the same on all ranks a text
// `place` stands in for `origin`; `origin` is filled in before a kernel is prepared. Draws and
// counts are then those of the whole, whichever way the whole is cut.
#pragma once

#include <algorithm>
#include <optional>

#include "framework/core/attrs.h"
#include "framework/core/tensor_type.h"

namespace tessera {

struct Part {
  std::vector<int64_t> whole, origin;
};

/// The part that the attributes describe; nullopt when they describe no part. Throws InternalError
/// when `whole` is there without `origin`.
std::optional<Part> part_of(const Attrs& attrs);

/// Checks, when an op infers its types, that attributes `whole` and `origin` or `place`, where
/// present, fit these local sizes; throws UserError when they do not. With `padded` the part may
/// reach beyond the whole.
void require_part(const Attrs& attrs, const Shape& local, bool padded = false);

/// The size of the only dim that is cut, in the whole, and where the part begins.
struct DimPart {
  int64_t whole = 0, first = 0;
};
DimPart dim_part(const Attrs& attrs, int64_t local);

/// `to`, with those attributes of `from` added that say where a part lies.
Attrs with_part(Attrs to, const Attrs& from);

/// The elements of a part as runs that are contiguous in the whole too: the last dim that is cut
/// and all dims behind it make one run.
class PartRuns {
 public:
  PartRuns(const Attrs& attrs, const Shape& local);

  /// Elements of the whole.
  int64_t whole() const { return whole_; }

  /// Where element `e` of a part without padding lies in the whole.
  int64_t place(int64_t e) const {
    return counts_.empty() ? first_ + e : start(e / length_) + e % length_;
  }

  /// Calls f(from, to, at) for elements [begin, end) of the part, run by run: [from, to) lie from
  /// element `at` on in the whole, or beyond the whole where `at` is -1.
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
  /// How many elements of a run lie inside the whole; these are the first ones of the run.
  int64_t inside_of(int64_t run) const;

  int64_t whole_, length_, first_ = 0;  // first_: where the first element of the part lies
  int64_t inside_;                      // elements of a run that lie inside the whole, if any do
  Shape counts_, strides_;              // sizes and strides of the dims that number the runs
  /// For each dim that numbers runs, how many of its places lie inside the whole, counted from the
  /// part's first on.
  Shape room_;
};

}  // namespace tessera
