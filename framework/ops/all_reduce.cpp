// all_reduce: the sum (or with reduction "max" the largest) over the ranks of an axis, on all of them.
#include "framework/ops/collective.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  check_collective(in, attrs);
  const std::string& reduction = attrs.has("reduction") ? attrs.text("reduction") : "sum";
  require(reduction == "sum" || reduction == "max", "reduction is sum or max, not {}", reduction);
  return {in.begin(), in.end()};
}

std::vector<Alias> alias(TypeSpan in, TypeSpan, const Attrs&) {
  std::vector<Alias> aliases;
  for (int i = 0; i < static_cast<int>(in.size()); ++i)
    aliases.push_back({i, i, Alias::Kind::in_place, 0});
  return aliases;
}

}  // namespace

const OpDef ops::all_reduce{.name = "all_reduce",
                            .infer = infer,
                            .rule = collective_rule,
                            .collective = true,
                            .alias = alias};

}  // namespace tessera
