// stop_gradient: its operand, through which no gradient flows. The op is a view.
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs&) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  return {in[0]};
}

std::vector<Alias> alias(TypeSpan, TypeSpan, const Attrs&) {
  return {{0, 0, Alias::Kind::view, 0}};
}

}  // namespace

const OpDef ops::stop_gradient{.name = "stop_gradient",
                               .infer = infer,
                               .rule = elementwise_rule,
                               .alias = alias,
                               .precision = Precision::follow,
                               .stops_gradient = true};

}  // namespace tessera
