// all_reduce: gives every rank of an axis the sum (or with reduction "max" the largest) over its
// ranks. With `in_place` each result must take its operand's memory, so a started all_reduce needs
// no other memory.
#include "framework/ops/shared/collective.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  check_collective(in, attrs);
  const std::string& reduction = attrs.has("reduction") ? attrs.text("reduction") : "sum";
  require(reduction == "sum" || reduction == "max", "reduction is sum or max, not {}", reduction);
  return list_of(in);
}

std::vector<Alias> alias(TypeSpan in, TypeSpan, const Attrs& attrs) {
  std::vector<Alias> aliases;
  // A started all_reduce is under way when its operand's last user has run, so it is in place by
  // demand or not at all.
  if (attrs.flag("start") && !attrs.flag("in_place")) return aliases;
  const auto kind = attrs.flag("in_place") ? Alias::Kind::donate : Alias::Kind::in_place;
  for (int i = 0; i < static_cast<int>(in.size()); ++i) aliases.push_back({i, i, kind, 0});
  return aliases;
}

}  // namespace

const OpDef ops::all_reduce{.name = "all_reduce",
                            .infer = infer,
                            .rule = collective_rule,
                            .collective = true,
                            .alias = alias};

}  // namespace tessera
