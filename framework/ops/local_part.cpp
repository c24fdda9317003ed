// local_part: this rank's part of a tensor that all ranks hold whole: one of `parts` along `dim`.
// Attributes whole and place (origin once the rank is known) say where the part begins, as one
// number.
#include "framework/core/dims.h"
#include "framework/ops/shared/elementwise.h"

namespace tessera {
namespace {

std::vector<TensorType> infer(TypeSpan in, const Attrs& attrs) {
  require(in.size() == 1, "takes one operand, not {}", in.size());
  TensorType out = in[0];
  int64_t& size = out.shape[static_cast<size_t>(checked_dim(attrs.integer("dim"), out.rank()))];
  const int64_t parts = attrs.integer("parts");
  require(parts >= 1 && size % parts == 0, "{} does not divide into {} parts", size, parts);
  size /= parts;
  return {out};
}

IndexRule rule(TypeSpan in, TypeSpan out, const Attrs& attrs) {
  const int64_t dim = checked_dim(attrs.integer("dim"), in[0].rank());
  std::string left, right;
  for (int64_t d = 0; d < in[0].rank(); ++d) {
    left += d == dim ? " whole!" : fmt::format(" d{}", d);
    right += d == dim ? " part!" : fmt::format(" d{}", d);
  }
  return make_rule(left + " -> " + right, in, out);
}

}  // namespace

const OpDef ops::local_part{.name = "local_part",
                            .infer = infer,
                            .rule = rule,
                            .sums = Sums::linear,
                            .precision = Precision::follow};

}  // namespace tessera
