#include "models/outside_view.h"

#include <algorithm>
#include <charconv>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Dims = std::vector<std::vector<std::string>>;

/// "w (1/3 h d)" as {{"w"}, {"1/3", "h", "d"}}.
Dims parse_dims(std::string_view text) {
  Dims dims;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ') {
      ++at;
    } else if (c == '(' || c == ')') {
      if (c == '(') dims.emplace_back();
      inside = c == '(';
      ++at;
    } else {
      const size_t end = std::min(text.find_first_of(" ()", at), text.size());
      if (!inside) dims.emplace_back();
      dims.back().emplace_back(text.substr(at, end - at));
      at = end;
    }
  }
  return dims;
}

int64_t size_of_factor(const std::string& name, const OutsideSizes& sizes) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size()) return number;
  const auto found = sizes.find(name);
  check(found != sizes.end(), "a view names a size '{}'", name);
  return found->second;
}

/// A part of the range of a dim, as a range of each of its factors.
using FactorRanges = std::vector<Range>;

/// Cuts [range) of a dim with these factors into parts that are ranges of every factor.
void cut(std::span<const OutsideView::Factor> factors, Range range, FactorRanges& before,
         std::vector<FactorRanges>& out) {
  if (range.size() <= 0) return;
  if (factors.empty()) {
    out.push_back(before);
    return;
  }
  int64_t inner = 1;
  for (const auto& factor : factors.subspan(1)) inner *= factor.size;
  const auto add = [&](Range outer, Range rest) {
    before.push_back(outer);
    cut(factors.subspan(1), rest, before, out);
    before.pop_back();
  };
  const int64_t first = range.begin / inner, last = (range.end - 1) / inner;
  if (first == last)
    return add({first, first + 1}, {range.begin % inner, (range.end - 1) % inner + 1});
  int64_t begin = first, end = last + 1;
  if (range.begin % inner != 0) add({first, first + 1}, {range.begin % inner, inner}), ++begin;
  if (range.end % inner != 0) --end;
  if (begin < end) add({begin, end}, {0, inner});
  if (range.end % inner != 0) add({last, last + 1}, {0, range.end % inner});
}

void order_loops(std::vector<StridedPiece::Loop>& loops) {
  std::erase_if(loops, [](const auto& loop) { return loop.size == 1; });
  std::stable_sort(loops.begin(), loops.end(),
                   [](const auto& a, const auto& b) { return a.theirs > b.theirs; });
  for (size_t i = loops.size(); i-- > 1;) {
    StridedPiece::Loop &outer = loops[i - 1], inner = loops[i];
    if (outer.theirs != inner.size * inner.theirs || outer.ours != inner.size * inner.ours)
      continue;
    outer = {outer.size * inner.size, inner.ours, inner.theirs};
    loops.erase(loops.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

OutsideView outside_view(std::string_view lies, const OutsideSizes& sizes) {
  const size_t sign = lies.find('=');
  check(sign != std::string_view::npos, "the view '{}' has no sign", lies);
  const Dims ours = parse_dims(lies.substr(0, sign)), theirs = parse_dims(lies.substr(sign + 1));
  OutsideView view;
  std::map<std::string, int64_t> strides;
  int64_t stride = 1;
  for (auto dim = theirs.rbegin(); dim != theirs.rend(); ++dim) {
    int64_t size = 1;
    for (auto name = dim->rbegin(); name != dim->rend(); ++name) {
      const size_t slash = name->find('/');
      if (slash == std::string::npos)
        check(strides.emplace(*name, stride).second, "'{}' stands twice in '{}'", *name, lies);
      else
        view.offset += size_of_factor(name->substr(0, slash), sizes) * stride;
      const int64_t factor =
          size_of_factor(slash == std::string::npos ? *name : name->substr(slash + 1), sizes);
      size *= factor;
      stride *= factor;
    }
    view.theirs.insert(view.theirs.begin(), size);
  }
  for (const auto& dim : ours) {
    view.dims.emplace_back();
    int64_t size = 1;
    for (const std::string& name : dim) {
      const auto found = strides.find(name);
      check(found != strides.end(), "'{}' stands on one side of '{}' alone", name, lies);
      view.dims.back().push_back({size_of_factor(name, sizes), found->second});
      size *= view.dims.back().back().size;
      strides.erase(found);
    }
    view.ours.push_back(size);
  }
  check(strides.empty(), "'{}' has a size in theirs alone", lies);
  return view;
}

std::vector<StridedPiece> pieces_of(const OutsideView& view, const Box& box, const Box& held) {
  std::vector<StridedPiece> pieces{{.ours = 0, .theirs = view.offset, .loops = {}}};
  int64_t stride = 1;
  for (size_t d = view.dims.size(); d-- > 0;) {
    const auto& factors = view.dims[d];
    std::vector<FactorRanges> parts;
    FactorRanges none;
    cut(factors, box.dims[d], none, parts);
    std::vector<StridedPiece> more;
    for (const StridedPiece& piece : pieces)
      for (const FactorRanges& part : parts) {
        StridedPiece next = piece;
        int64_t inner = 1, at = 0;
        for (size_t f = factors.size(); f-- > 0;) {
          at += part[f].begin * inner;
          next.theirs += part[f].begin * factors[f].stride;
          next.loops.push_back({part[f].size(), inner * stride, factors[f].stride});
          inner *= factors[f].size;
        }
        next.ours += (at - held.dims[d].begin) * stride;
        more.push_back(std::move(next));
      }
    pieces = std::move(more);
    stride *= held.dims[d].size();
  }
  for (StridedPiece& piece : pieces) order_loops(piece.loops);
  return pieces;
}

namespace {

void place(std::span<const StridedPiece::Loop> loops, const float* ours, float* theirs) {
  if (loops.empty()) {
    *theirs = *ours;
    return;
  }
  const auto& loop = loops.front();
  if (loops.size() == 1 && loop.ours == 1 && loop.theirs == 1) {
    std::copy_n(ours, loop.size, theirs);
    return;
  }
  for (int64_t i = 0; i < loop.size; ++i)
    place(loops.subspan(1), ours + i * loop.ours, theirs + i * loop.theirs);
}

}  // namespace

void place_in_theirs(const OutsideView& view, std::span<const float> ours,
                     std::span<float> theirs) {
  const Box whole = Box::whole(view.ours);
  check(std::ssize(ours) == numel(view.ours) && std::ssize(theirs) == numel(view.theirs),
        "{} and {} numbers for a view", ours.size(), theirs.size());
  for (const StridedPiece& piece : pieces_of(view, whole, whole))
    place(piece.loops, ours.data() + piece.ours, theirs.data() + piece.theirs);
}

}  // namespace tessera
