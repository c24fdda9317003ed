// wait: the results of a collective that was started before (attribute start = true, ticket), once
// they are there. Operands: the started node's results, then what must stay in memory until then.
// What a plan puts between start and wait runs meanwhile.
#include "framework/ops/shared/collective.h"

namespace tessera {
namespace {

size_t results(TypeSpan in, const Attrs& attrs) {
  const auto count = static_cast<size_t>(attrs.integer("results"));
  require(count >= 1 && count <= in.size(), "waits for {} results, but has {} operands", count,
          in.size());
  attrs.integer("ticket");
  return count;
}

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  return list_of(in.first(results(in, attrs)));
}

std::vector<Alias> alias(TypeSpan, TypeSpan out, const Attrs&) {
  std::vector<Alias> aliases;
  for (int i = 0; i < static_cast<int>(out.size()); ++i)
    aliases.push_back({i, i, Alias::Kind::view, 0});
  return aliases;
}

}  // namespace

const OpDef ops::wait{
    .name = "wait", .infer = infer, .rule = collective_rule, .collective = true, .alias = alias};

}  // namespace tessera
