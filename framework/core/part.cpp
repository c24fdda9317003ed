#include "framework/core/part.h"

namespace tessera {

std::optional<Part> part_of(const Attrs& attrs) {
  if (!attrs.has("whole")) return std::nullopt;
  check(attrs.has("origin"), "a part of {} has no origin{}", to_string(attrs.list("whole")),
        attrs.has("place") ? fmt::format(", only the place '{}'", attrs.text("place")) : "");
  Part part{attrs.list("whole"), attrs.list("origin")};
  check(part.whole.size() == part.origin.size(), "a part of {} begins at {}", to_string(part.whole),
        to_string(part.origin));
  return part;
}

void require_part(const Attrs& attrs, const Shape& local, bool padded) {
  if (!attrs.has("whole")) {
    require(!attrs.has("origin") && !attrs.has("place"), "says where a part lies, but not in what");
    return;
  }
  const Shape& whole = attrs.list("whole");
  require(attrs.has("origin") || attrs.has("place"), "is a part of {}, but does not say which",
          to_string(whole));
  const Shape origin = attrs.has("origin") ? attrs.list("origin") : Shape(whole.size());
  bool fits = whole.size() == local.size() && origin.size() == local.size();
  for (size_t d = 0; fits && d < local.size(); ++d)
    fits = origin[d] >= 0 && (padded || origin[d] + local[d] <= whole[d]);
  require(fits, "{} at {} is no part of {}", to_string(local), to_string(origin), to_string(whole));
}

DimPart dim_part(const Attrs& attrs, int64_t local) {
  const auto part = part_of(attrs);
  return part ? DimPart{part->whole.at(0), part->origin.at(0)} : DimPart{local, 0};
}

Attrs with_part(Attrs to, const Attrs& from) {
  for (const auto& [name, value] : from)
    if (name == "whole" || name == "origin" || name == "place") to.set(name, value);
  return to;
}

PartRuns::PartRuns(const Attrs& attrs, const Shape& local)
    : whole_(numel(local)), length_(whole_), inside_(whole_) {
  const auto part = part_of(attrs);
  if (!part) return;
  check(part->whole.size() == local.size(), "{} is no part of {}", to_string(local),
        to_string(part->whole));
  whole_ = numel(part->whole);
  const Shape strides = strides_of(part->whole);
  for (size_t d = 0; d < local.size(); ++d) first_ += part->origin[d] * strides[d];
  // The last dim that is cut, and all behind it, make a run; the dims before number the runs.
  size_t cut = local.size();
  while (cut > 0 && local[cut - 1] == part->whole[cut - 1] && part->origin[cut - 1] == 0) --cut;
  const auto dims = static_cast<std::ptrdiff_t>(cut > 0 ? cut - 1 : 0);
  counts_.assign(local.begin(), local.begin() + dims);
  strides_.assign(strides.begin(), strides.begin() + dims);
  length_ = numel(Shape(local.begin() + dims, local.end()));
  const auto room = [&](size_t d) {
    return std::clamp<int64_t>(part->whole[d] - part->origin[d], 0, local[d]);
  };
  for (size_t d = 0; d < counts_.size(); ++d) room_.push_back(room(d));
  inside_ = local.empty() || length_ == 0 ? length_
                                          : length_ / local[counts_.size()] * room(counts_.size());
}

int64_t PartRuns::inside_of(int64_t run) const {
  for (size_t d = counts_.size(); d-- > 0; run /= counts_[d])
    if (run % counts_[d] >= room_[d]) return 0;
  return inside_;
}

int64_t PartRuns::start(int64_t run) const {
  int64_t at = first_;
  for (size_t d = counts_.size(); d-- > 0; run /= counts_[d]) at += run % counts_[d] * strides_[d];
  return at;
}

}  // namespace tessera
