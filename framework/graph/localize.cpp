#include "framework/graph/localize.h"

#include <algorithm>

#include "framework/core/part.h"
#include "framework/mesh/place.h"

namespace tessera {

int LocalizeCall::index(std::string_view wanted) const {
  for (size_t i = 0; i < rule.indices.size(); ++i)
    if (rule.indices[i].name == wanted) return static_cast<int>(i);
  internal_error("the rule of {} has no index '{}'", op.name, wanted);
}

std::string LocalizeCall::place(const IndexRule::Dim& dim) const {
  if (dim.empty()) return "0";
  int64_t size = 1;
  for (int i : dim) size *= rule.indices[static_cast<size_t>(i)].size;
  return place_of(size, split[static_cast<size_t>(dim[0])], mesh);
}

Attrs LocalizeCall::with_part(const IndexRule::Operand& dims) const {
  std::vector<int64_t> whole;
  std::vector<std::string> places;
  for (const IndexRule::Dim& dim : dims) {
    whole.push_back(1);
    for (int i : dim) whole.back() *= rule.indices[static_cast<size_t>(i)].size;
    places.push_back(place(dim));
  }
  Attrs out = attrs;
  // The node has a `whole` already: this rank holds a part of that whole, or of the padding behind
  // it.
  if (const auto padded = part_of(attrs)) {
    check(
        std::all_of(padded->origin.begin(), padded->origin.end(), [](auto at) { return at == 0; }),
        "{} does not begin where its whole does", op.name);
    whole = padded->whole;
    out.erase("origin");
  }
  out.set("whole", whole);
  out.set("place", join_places(places));
  return out;
}

std::vector<Value> localize_by_result(const LocalizeCall& call) {
  return call.graph.add(call.op, call.inputs, call.with_part(call.rule.outputs[0]), call.name);
}

}  // namespace tessera
